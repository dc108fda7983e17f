#!/bin/sh
# Measures, with the JDK of JAVA_HOME or of the PATH. On a machine that has nothing else to do.
#
#   benchmarks/run.sh                    the table of whole processes; some twenty minutes
#   benchmarks/run.sh warm thousand      these rows of it
#   benchmarks/run.sh jmh [options]      the JMH benchmarks
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
[ -d "$here/target/lib" ] || (cd "$here/.." && mvn -q -B -Dmaven.test.skip=true -pl benchmarks -am package) >&2
classpath="$here/target/classes:$here/target/lib/*"
if [ "${1:-}" = jmh ]; then
  shift
  exec "$java" -cp "$classpath" org.openjdk.jmh.Main "$@"
fi
exec "$java" -cp "$classpath" io.manhole.benchmarks.Report "$@"
