#!/bin/sh
# A look at manhole without an application of your own: builds what is needed, starts the sample service, connects
# manhole-cli to it with the arguments given here, and stops the service afterwards.
#
#   samples/demo.sh                        a prompt on the live service
#   samples/demo.sh -e 'orders.count()'    evaluates, prints, ends with manhole-cli's exit status
#   echo 'worker.pause()' | samples/demo.sh
#
# Needs a JDK (17 or later) and Maven. Only what manhole-cli prints goes to stdout.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
sample=$root/samples/live-objects
client=$root/manhole-cli/target/manhole-cli
built=$sample/target/demo.built
log=$sample/target/demo-$$.log
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
start_seconds=60
stop_seconds=15

say() {
  echo "demo: $*" >&2
}

needs_build() {
  [ ! -e "$built" ] || [ ! -e "$sample/target/live-objects.jar" ] || [ ! -x "$client" ] ||
    [ -n "$(find "$root"/pom.xml "$root"/manhole-*/pom.xml "$root"/manhole-*/src/main "$root"/manhole-jvm/src/signals \
      "$sample"/pom.xml "$sample"/src/main -newer "$built" | head -n 1)" ]
}

build() {
  command -v mvn >/dev/null || { say "Maven is needed to build: there is no mvn on the PATH"; exit 1; }
  say "building the sample and the client (the first time this takes a few minutes)"
  mkdir -p "$sample/target"
  # As of when the sources were read, not of when they had become jars.
  touch "$built.new"
  (cd "$root" && mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip -pl samples/live-objects,manhole-cli -am package) </dev/null >&2 ||
    { say "the build failed"; exit 1; }
  mv "$built.new" "$built"
}

alive() {
  kill -0 "$pid" 2>/dev/null
}

stop() {
  if [ -z "$pid" ]; then
    return
  fi
  kill "$pid" 2>/dev/null || true
  tenths=$((stop_seconds * 10))
  while alive && [ "$tenths" -gt 0 ]; do
    sleep 0.1
    tenths=$((tenths - 1))
  done
  if alive; then
    kill -9 "$pid"
  fi
  rm -f "$log"
}

await_ready() {
  tenths=$((start_seconds * 10))
  while ! grep -q '^live-objects ready' "$log"; do
    if ! alive; then
      say "the sample ended before it was ready; it said:"
      tail -n 20 "$log" >&2
      exit 1
    fi
    if [ "$tenths" -eq 0 ]; then
      say "the sample is not ready after $start_seconds seconds; it said:"
      tail -n 20 "$log" >&2
      exit 1
    fi
    sleep 0.1
    tenths=$((tenths - 1))
  done
}

if needs_build; then
  build
fi

: >"$log"
pid=
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
"$java" -jar "$sample/target/live-objects.jar" </dev/null >"$log" 2>&1 &
pid=$!
await_ready

# Ctrl-C is for the client from here on; what it makes of it shows in its exit status.
trap : INT
status=0
"$client" "$pid" "$@" || status=$?
exit "$status"
