package io.manhole

import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.manhole.testing.ManholeSpec
import io.manhole.testing.inBackground
import kotlinx.coroutines.CompletableDeferred
import java.util.concurrent.Callable
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.ForkJoinPool
import java.util.concurrent.TimeUnit

/** A value that is computed elsewhere is shown as it is, and once more when it is there. */
class PendingValueSpec : ManholeSpec() {
    init {
        test("a CompletableFuture is shown as pending, and its value when it completes") {
            val future = CompletableFuture<List<Int>>()
            install { local("future", future) }
            val client = connect().greeted()
            client.eval("future") shouldBe "CompletableFuture(not done)\n"
            future.complete(listOf(1, 2))
            client.readUntil(">>> ") shouldBe "\ncompleted: CompletableFuture([1, 2])\n>>> "
            client.eval("future") shouldBe "CompletableFuture([1, 2])\n"
        }

        test("so is one that fails, or is cancelled") {
            val future = CompletableFuture<Int>()
            val other = CompletableFuture<Int>()
            install { local("future", future).local("other", other) }
            val client = connect().greeted()
            client.eval("future")
            future.completeExceptionally(IllegalStateException("no"))
            client.readUntil(">>> ") shouldContain "completed: CompletableFuture(failed: java.lang.IllegalStateException: no)"
            client.eval("other")
            other.cancel(false)
            client.readUntil(">>> ") shouldContain "completed: CompletableFuture(cancelled)"
        }

        test("a Deferred of the application's coroutines is shown in the same way") {
            val deferred = CompletableDeferred<String>()
            val failing = CompletableDeferred<String>()
            install { local("deferred", deferred).local("failing", failing) }
            val client = connect().greeted()
            client.eval("deferred") shouldBe "Deferred(not done)\n"
            deferred.complete("here")
            client.readUntil(">>> ") shouldContain "completed: Deferred(here)"
            client.eval("failing")
            failing.completeExceptionally(IllegalStateException("no"))
            client.readUntil(">>> ") shouldContain "completed: Deferred(failed: java.lang.IllegalStateException: no)"
        }

        test("so is what an executor of the JDK's was given to do") {
            val pools =
                mapOf(
                    "thread" to Executors.newSingleThreadExecutor(),
                    "scheduled" to Executors.newSingleThreadScheduledExecutor(),
                    "forkJoin" to ForkJoinPool(1),
                )
            pools.values.forEach { closing(AutoCloseable { it.shutdownNow() }) }
            val goOn = pools.mapValues { CountDownLatch(1) }
            install {
                for ((name, pool) in pools) {
                    local(
                        name,
                        pool.submit(
                            Callable {
                                goOn.getValue(name).await()
                                42
                            },
                        ),
                    )
                }
            }
            val client = connect().greeted()
            for (name in pools.keys) {
                client.eval(name) shouldContain "(not done)"
                client.eval("x") shouldBe "x\n"
                goOn.getValue(name).countDown()
                client.readUntil(">>> ") shouldMatch Regex("\ncompleted: [\\w$]+\\(42\\)\n>>> ")
            }
        }

        test("an nREPL session hears of it under the id of its latest request") {
            val future = CompletableFuture<Int>()
            install { local("future", future) }
            val client = connectNrepl()
            val session = client.newSession()
            client.ask("op" to "eval", "code" to "future", "session" to session, "id" to "1")
            future.complete(42)
            client.next() shouldBe mapOf("id" to "1", "session" to session, "out" to "completed: CompletableFuture(42)\n")
        }

        test("whoever completes it is not held up by its text, and Ctrl-C ends that") {
            val future = CompletableFuture<Any>()
            val reached = CountDownLatch(1)
            install { local("future", future) }
            val client = connect().greeted()
            client.eval("future")
            inBackground {
                future.complete(
                    object {
                        override fun toString(): String {
                            reached.countDown()
                            CountDownLatch(1).await()
                            return "never"
                        }
                    },
                )
            }.get(30, TimeUnit.SECONDS) shouldBe true
            reached.await(30, TimeUnit.SECONDS) shouldBe true
            client.send("\u0003")
            client.eval("x") shouldContain "x\n"
        }

        test("completing it after the session has ended does no harm") {
            val future = CompletableFuture<Int>()
            install { local("future", future) }
            connect().greeted().apply { eval("future") }.close()
            events.awaitLine("closed 1")
            future.complete(1) shouldBe true
            future.get() shouldBe 1
            connect().greeted().eval("future") shouldBe "CompletableFuture(1)\n"
        }
    }
}
