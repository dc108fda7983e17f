package io.manhole.repl

import java.util.concurrent.CountDownLatch

/** A wait that no interrupt ends, as for a lock that somebody else holds. */
class Stubborn {
    private val released = CountDownLatch(1)

    /** Null until somebody waits. */
    @Volatile
    var waiting: Thread? = null
        private set

    /** Waits for [release], and for nothing else. */
    fun await() {
        waiting = Thread.currentThread()
        while (true) {
            try {
                return released.await()
            } catch (_: InterruptedException) {
                continue
            }
        }
    }

    fun release() = released.countDown()
}
