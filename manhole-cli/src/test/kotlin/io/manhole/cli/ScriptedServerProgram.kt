package io.manhole.cli

import java.nio.file.Path
import java.util.concurrent.CountDownLatch

/** Runs the toy server on a path until it is killed: to try the client by hand, and to measure it. */
fun main(arguments: Array<String>) {
    ScriptedServer(Path.of(arguments[0]))
    CountDownLatch(1).await()
}
