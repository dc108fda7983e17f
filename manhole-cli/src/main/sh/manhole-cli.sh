#!/bin/sh
# manhole-cli: this script, followed by the jar that it runs.

fail() {
    echo "manhole-cli: $1" >&2
    exit 2
}

# Sets $major from a version such as 17.0.15, 25-ea or 1.8.0_402.
parse_version() {
    major=${1#1.}
    major=${major%%[!0-9]*}
}

# The release file of a JDK tells its version without the time it takes to start one.
find_version() {
    major=
    home=$(readlink -f "$java" 2>/dev/null)
    home=${home%/bin/java}
    if [ -r "$home/release" ]; then
        while IFS='"' read -r name value _; do
            if [ "$name" = JAVA_VERSION= ]; then
                parse_version "$value"
            fi
        done <"$home/release"
    fi
    if [ -z "$major" ]; then
        parse_version "$("$java" -version 2>&1 | sed -n 's/^.* version "\([^"]*\)".*$/\1/p')"
    fi
}

if [ -n "$JAVA_HOME" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || fail "needs a JDK or JRE 17 or newer, but JAVA_HOME is $JAVA_HOME and there is no bin/java in it"
else
    java=$(command -v java) || fail "needs a JDK or JRE 17 or newer: set JAVA_HOME or put java on the PATH"
fi
find_version
[ -n "$major" ] || fail "cannot tell the version of $java; needs 17 or newer"
[ "$major" -ge 17 ] || fail "needs a JDK or JRE 17 or newer, but $java is version $major; set JAVA_HOME to a newer one"

# The JDK cannot tell which of the three standard streams is a terminal; the shell can.
terminals=
for stream in 0 1 2; do
    if [ -t "$stream" ]; then
        terminals=$terminals$stream
    fi
done

# In the C locale the JVM would lose every character of the arguments that is not ASCII.
case ${LC_ALL:-${LC_CTYPE:-$LANG}} in
    *[Uu][Tt][Ff]-8* | *[Uu][Tt][Ff]8*) ;;
    *) export LC_ALL=C.UTF-8 ;;
esac

exec "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto \
    "-Dmanhole.cli.terminals=$terminals" -cp "$0" io.manhole.cli.ManholeCli "$@"
