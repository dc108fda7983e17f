package io.manhole.testing

import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.LockSupport

/** Generous: machines that test are busy. Nothing waits for so long unless something is wrong. */
const val DEADLINE_SECONDS = 30L

private val PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10)

/** Waits until the condition holds, and fails with [clue] when it does not in time. */
fun awaitThat(clue: () -> String = { "not in time" }, condition: () -> Boolean) {
    val deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS)
    while (!condition()) {
        check(System.nanoTime() < deadline, clue)
        LockSupport.parkNanos(PAUSE_NANOS)
    }
}

/** Runs it on a thread of its own: on a machine with two processors the common pool has room for one that waits. */
fun <T> inBackground(code: () -> T): CompletableFuture<T> =
    CompletableFuture.supplyAsync(code) { Thread(it, "test-background").apply { isDaemon = true }.start() }
