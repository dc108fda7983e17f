#!/bin/sh
# Measures, with the JDK of JAVA_HOME or of the PATH. On a machine that has nothing else to do.
#
#   benchmarks/run.sh                    the table of whole processes; some twenty minutes
#   benchmarks/run.sh warm thousand      these rows of it
#   benchmarks/run.sh jmh [options]      the JMH benchmarks
#   benchmarks/run.sh client [rounds]    manhole-cli, from the shell and at a terminal; needs python3
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if [ "${1:-}" = client ]; then
  shift
  [ -x "$here/../manhole-cli/target/manhole-cli" ] && [ -d "$here/../samples/live-objects/target/lib" ] ||
    (cd "$here/.." && mvn -q -B -Dmaven.test.skip=true -pl samples/live-objects,manhole-cli -am package) >&2
  exec python3 "$here/client.py" "$@"
fi
[ -d "$here/target/lib" ] || (cd "$here/.." && mvn -q -B -Dmaven.test.skip=true -pl benchmarks -am package) >&2
classpath="$here/target/classes:$here/target/lib/*"
if [ "${1:-}" = jmh ]; then
  shift
  exec "$java" -cp "$classpath" org.openjdk.jmh.Main "$@"
fi
exec "$java" -cp "$classpath" io.manhole.benchmarks.Report "$@"
