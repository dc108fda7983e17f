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
    release=
    if [ -r "$home/release" ]; then
        while IFS='"' read -r name value _; do
            if [ "$name" = JAVA_VERSION= ]; then
                release=$value
                parse_version "$value"
            fi
        done <"$home/release"
    fi
    if [ -z "$major" ]; then
        parse_version "$("$java" -version 2>&1 | sed -n 's/^.* version "\([^"]*\)".*$/\1/p')"
    fi
}

if [ -n "$JAVA_HOME" ]; then
    home=$JAVA_HOME
    java=$home/bin/java
    [ -x "$java" ] || fail "needs a JDK or JRE 17 or newer, but JAVA_HOME is $JAVA_HOME and there is no bin/java in it"
else
    java=$(command -v java) || fail "needs a JDK or JRE 17 or newer: set JAVA_HOME or put java on the PATH"
    home=$(readlink -f "$java" 2>/dev/null)
    home=${home%/bin/java}
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

# A folder that is ours, and no link; made if need be where the one above is ours.
own_folder() {
    [ -d "$1" ] || { [ -O "${1%/*}" ] && mkdir -m 700 "$1" 2>/dev/null; }
    [ -O "$1" ] && [ ! -L "$1" ]
}

# A class-data archive makes the next start faster. Java makes it when it ends, once for each version of itself, each copy of
# this file and each of its two uses, as a prompt needs more, and leaves one aside that does not fit. Whoever could write it
# could run code as us: so it is kept only in a folder of our own, which root's is not with another user's HOME.
self=$0
archive=
cache=
case ${1:-} in
    -h | --help | --version | ls | --completion) ;; # too little of what a session needs is loaded for that
    *) cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}} ;;
esac
if [ -n "$release" ]; then
    case $cache in
        /*)
            if own_folder "$cache" && own_folder "$cache/manhole"; then
                case $0 in
                    /*) ;;
                    *) self=$PWD/$0 ;;
                esac
                [ ! -L "$self" ] || self=$(readlink -f "$self")
                # Without another process, which would take a tenth of the time that this saves.
                key=
                rest=$self
                while [ "$rest" != "${rest#*/}" ]; do
                    key=$key${rest%%/*}%
                    rest=${rest#*/}
                done
                use=batch
                case $terminals in
                    01*) use=prompt ;;
                esac
                for argument; do
                    case $argument in
                        -e* | -f* | --json) use=batch ;;
                    esac
                done
                key=cli$key$rest-$use-java-$release.jsa
                [ "${#key}" -gt 200 ] || archive=$cache/manhole/$key
            fi
            ;;
    esac
fi
if [ -z "$archive" ]; then
    set -- -cp "$self" io.manhole.cli.ManholeCli "$@"
elif [ "$major" -ge 19 ]; then
    set -- -Xlog:disable -XX:-PrintWarnings -XX:+AutoCreateSharedArchive "-XX:SharedArchiveFile=$archive" -cp "$self" io.manhole.cli.ManholeCli "$@"
elif [ -e "$archive" ] && [ "$archive" -nt "$self" ]; then
    set -- -Xlog:disable -XX:-PrintWarnings "-XX:SharedArchiveFile=$archive" -cp "$self" io.manhole.cli.ManholeCli "$@"
else
    set -- -Xlog:disable -XX:-PrintWarnings "-XX:ArchiveClassesAtExit=$archive" -cp "$self" io.manhole.cli.ManholeCli "$@"
fi

exec "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto \
    "-Dmanhole.cli.terminals=$terminals" "$@"
