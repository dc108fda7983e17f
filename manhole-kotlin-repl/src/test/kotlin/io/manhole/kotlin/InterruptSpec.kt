package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.manhole.repl.EvalResult
import io.manhole.repl.Evaluation
import io.manhole.repl.RecordingContext
import java.util.concurrent.CancellationException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicReference

class InterruptSpec :
    FunSpec({
        val loops =
            mapOf(
                "an empty loop" to "while (true) {}",
                "a loop that counts" to "var n = 0L; while (true) { n++ }",
                "a loop that swallows what is thrown" to "while (true) { try { var i = 0; while (true) i++ } catch (e: Throwable) { } }",
                "a loop that clears the interrupt status" to "while (true) { Thread.interrupted() }",
                "a loop that swallows interrupts of its sleep" to
                    "while (true) { try { Thread.sleep(10) } catch (e: InterruptedException) { } }",
                "a loop in a lambda in a lambda" to "listOf(1).forEach { generateSequence(1) { it + 1 }.forEach { } }",
                "recursion" to "fun even(n: Int): Boolean = if (n > 1000) even(0) || even(0) else odd(n + 1); " +
                    "fun odd(n: Int): Boolean = try { even(n + 1) } catch (e: StackOverflowError) { even(0) }; even(0)",
                "a loop in an initializer" to "class Init { init { while (true) {} } }; Init()",
                "a do loop with a switch" to "var s = 0; do { when (s) { 0 -> s = 1; 1 -> s = 2; else -> s = 0 } } while (true)",
            )
        for ((what, loop) in loops) {
            test("$what is stopped, and the session goes on") {
                val started = CountDownLatch(1)
                SharedSessions.open(RecordingContext(mapOf("started" to started))).use { session ->
                    session.show("val before = 1") shouldBe "nothing"
                    val evaluation = Evaluation(session, "started.countDown(); $loop")
                    started.await(60, TimeUnit.SECONDS) shouldBe true
                    evaluation.interrupt()
                    val thrown = evaluation.await(20).shouldBeInstanceOf<EvalResult.Failed>().thrown()
                    withClue(thrown) { (thrown is CancellationException || thrown.cause is CancellationException) shouldBe true }
                    session.show("before + 1") shouldBe "2: Int"
                }
            }
        }

        test("a blocking call ends with its own exception") {
            val started = CountDownLatch(1)
            SharedSessions.open(RecordingContext(mapOf("started" to started))).use { session ->
                val evaluation = Evaluation(session, "started.countDown(); java.util.concurrent.CountDownLatch(1).await()")
                started.await(60, TimeUnit.SECONDS) shouldBe true
                evaluation.interrupt()
                evaluation.await().shouldBeInstanceOf<EvalResult.Failed>().thrown().shouldBeInstanceOf<InterruptedException>()
            }
        }

        test("threads that earlier snippets started are left alone") {
            val turns = AtomicReference(CountDownLatch(1))
            val started = CountDownLatch(1)
            SharedSessions.open(RecordingContext(mapOf("turns" to turns, "started" to started))).use { session ->
                session.show("@Volatile var on = true") shouldBe "nothing"
                session.show(
                    "val t = Thread { while (on) { (turns.get() as java.util.concurrent.CountDownLatch).countDown() } }; t.start()",
                )
                val evaluation = Evaluation(session, "started.countDown(); while (true) {}")
                started.await(60, TimeUnit.SECONDS) shouldBe true
                evaluation.interrupt()
                evaluation.await().shouldBeInstanceOf<EvalResult.Failed>()
                turns.set(CountDownLatch(1))
                turns.get().await(20, TimeUnit.SECONDS) shouldBe true
                session.show("on = false; t.join(20_000); t.isAlive") shouldBe "false: Boolean"
            }
        }

        test("one session's interrupt does not stop another's evaluation") {
            val started = CountDownLatch(2)
            val go = CountDownLatch(1)
            val bindings = RecordingContext(mapOf("started" to started, "go" to go))
            SharedSessions.open(bindings).use { one ->
                SharedSessions.open(bindings).use { other ->
                    val text = "started.countDown(); while (go.count > 0) {}; 5"
                    val first = Evaluation(one, text)
                    val second = Evaluation(other, text)
                    started.await(60, TimeUnit.SECONDS) shouldBe true
                    first.interrupt()
                    first.await().shouldBeInstanceOf<EvalResult.Failed>()
                    go.countDown()
                    second.await() shouldBe EvalResult.Value(5, "Int")
                }
            }
        }
    })
