package io.manhole.cli

import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.LockSupport

private val DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20)
private val PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20)

/** Waits until the condition holds, and fails with [clue] when it does not in time. */
internal fun awaitThat(clue: () -> String = { "not in time" }, condition: () -> Boolean) {
    val start = System.nanoTime()
    while (!condition()) {
        check(System.nanoTime() - start < DEADLINE_NANOS, clue)
        LockSupport.parkNanos(PAUSE_NANOS)
    }
}
