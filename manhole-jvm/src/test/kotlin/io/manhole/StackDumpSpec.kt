package io.manhole

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.manhole.testing.awaitThat
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.thread

class StackDumpSpec : FunSpec() {
    private fun withThreads(threads: List<Thread>, release: () -> Unit, body: () -> Unit) {
        try {
            body()
        } finally {
            release()
            threads.forEach { it.join(TimeUnit.SECONDS.toMillis(30)) }
        }
    }

    init {
        test("a thread that waits shows its name, its state, what it waits for and who holds it") {
            val monitor = Any()
            val held = CountDownLatch(1)
            val done = CountDownLatch(1)
            val holder =
                thread(name = "the holder") {
                    synchronized(monitor) {
                        held.countDown()
                        done.await()
                    }
                }
            held.await(30, TimeUnit.SECONDS)
            val waiter = thread(name = "the waiter") { synchronized(monitor) { } }
            withThreads(listOf(holder, waiter), done::countDown) {
                awaitThat { waiter.state == Thread.State.BLOCKED }
                val dump = StackDump.capture().toString()
                dump shouldContain "\"the waiter\" BLOCKED priority 5\n    blocked by java.lang.Object@"
                dump shouldContain "held by \"the holder\" (thread ${holder.id})"
                dump shouldContain "      - holds java.lang.Object@"
                dump shouldEndWith "\n" + "#".repeat(45) + "\n"
            }
        }

        test("a deadlock is called out") {
            val first = ReentrantLock()
            val second = ReentrantLock()
            val both = CountDownLatch(2)

            fun lockBoth(name: String, one: ReentrantLock, other: ReentrantLock) =
                thread(name = name, isDaemon = true) {
                    one.lock()
                    both.countDown()
                    both.await()
                    runCatching { other.lockInterruptibly() }
                }
            val threads = listOf(lockBoth("dead one", first, second), lockBoth("dead two", second, first))
            withThreads(threads, { threads.forEach { it.interrupt() } }) {
                awaitThat { threads.all { it.state == Thread.State.WAITING } }
                val dump = StackDump.capture().toString()
                dump shouldContain "######### DEADLOCK #########\n"
                dump shouldContain Regex("\"dead one\" \\(thread \\d+\\) waits for .*ReentrantLock.*, held by \"dead two\"")
            }
        }

        test("five hundred threads at one place have a header each and one stack") {
            val done = CountDownLatch(1)
            val threads = (1..500).map { thread(name = "pool-$it") { done.await() } }
            withThreads(threads, done::countDown) {
                awaitThat { threads.all { it.state == Thread.State.WAITING } }
                val dump = StackDump.capture().toString()
                (1..500).forEach { dump shouldContain "\"pool-$it\" WAITING" }
                dump.length shouldBeLessThan 150_000
            }
        }
    }
}
