package io.manhole

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.manhole.repl.EvalResult
import io.manhole.repl.Evaluation
import io.manhole.repl.RecordingContext
import io.manhole.repl.ReplCommand
import java.util.concurrent.CancellationException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.locks.ReentrantLock

class JavaInterruptSpec :
    FunSpec({
        val loops =
            mapOf(
                "an empty loop" to "while (true) {}",
                "a loop that counts" to "long n = 0; for (;;) n++;",
                "a loop that swallows what is thrown" to
                    "while (true) { try { int i = 0; while (true) i++; } catch (Throwable e) { } }",
                "a loop whose whole body is guarded" to "int k = 0; while (true) { try { k++; } catch (Throwable e) { } }",
                "a loop that clears the interrupt status" to "while (true) { Thread.interrupted(); }",
                "a loop that swallows interrupts of its sleep" to
                    "while (true) { try { Thread.sleep(10); } catch (InterruptedException e) { } }",
                "a loop in a lambda in a lambda" to "List.of(1).forEach(a -> Stream.iterate(1, b -> b + 1).forEach(c -> { }))",
                "recursion" to
                    "boolean even(int n) { if (n > 1000) return even(0) || even(0); return odd(n + 1); } " +
                    "boolean odd(int n) { try { return even(n + 1); } catch (StackOverflowError e) { return even(0); } } even(0)",
                "a loop in an initializer" to "class Init { int n; { while (n == 0) {} } } new Init()",
                "a loop in a static initializer" to "class Init { static int n; static { while (n == 0) {} } } Init.n",
                "a do loop with a switch" to
                    "int s = 0; do { switch (s) { case 0: s = 1; break; case 1: s = 2; break; default: s = 0; } } while (true);",
                "a loop with a switch over texts" to
                    "String t = \"a\"; for (;;) { t = switch (t) { case \"a\" -> \"bb\"; case \"bb\" -> \"a\"; default -> \"c\"; }; }",
                "a loop that goes on from finally" to "while (true) { try { Thread.onSpinWait(); } finally { continue; } }",
                "a labelled loop with long and double locals" to
                    "{ long l = 1; double d = 2; outer: for (;;) { Object o = null; " +
                    "for (int i = 0; ; i++) { l += i; d *= 2; o = new Object[] {l, d}; if (i > 9) continue outer; } } }",
            )
        for ((what, loop) in loops) {
            test("$what is stopped, and the session goes on") {
                val started = CountDownLatch(1)
                JavaPrompt.open(RecordingContext(mapOf("started" to started))).use { session ->
                    session.show("int before = 1") shouldBe "nothing"
                    val evaluation = Evaluation(session, "started.countDown(); $loop")
                    withClue("started") { started.await(60, TimeUnit.SECONDS) shouldBe true }
                    evaluation.interrupt()
                    val thrown = evaluation.await(20).shouldBeInstanceOf<EvalResult.Failed>().thrown()
                    withClue(thrown) { (thrown is CancellationException || thrown.cause is CancellationException) shouldBe true }
                    session.show("before + 1") shouldBe "2: int"
                }
            }
        }

        test("a lock is given back by finally, and a monitor by its block") {
            val lock = ReentrantLock()
            val monitor = Any()
            for (text in listOf(
                "lock.lock(); try { started.countDown(); while (true) {} } finally { lock.unlock(); }",
                "synchronized (monitor) { started.countDown(); while (true) {} }",
            )) {
                val started = CountDownLatch(1)
                JavaPrompt.open(RecordingContext(mapOf("started" to started, "lock" to lock, "monitor" to monitor))).use { session ->
                    val evaluation = Evaluation(session, text)
                    started.await(60, TimeUnit.SECONDS) shouldBe true
                    evaluation.interrupt()
                    evaluation.await(20).shouldBeInstanceOf<EvalResult.Failed>().thrown().shouldBeInstanceOf<CancellationException>()
                    lock.isLocked shouldBe false
                    val free = CountDownLatch(1)
                    Thread { synchronized(monitor) { free.countDown() } }.start()
                    free.await(20, TimeUnit.SECONDS) shouldBe true
                }
            }
        }

        test("a blocking call ends with its own exception, in a library or in a command") {
            val wait = ReplCommand("waitForEver", emptyList(), "waits") { CountDownLatch(1).await() }
            for (text in listOf("new CountDownLatch(1).await()", "waitForEver()")) {
                val started = CountDownLatch(1)
                JavaPrompt.open(RecordingContext(mapOf("started" to started), listOf(wait))).use { session ->
                    val evaluation = Evaluation(session, "{ started.countDown(); $text; }")
                    started.await(60, TimeUnit.SECONDS) shouldBe true
                    evaluation.interrupt()
                    evaluation.await().shouldBeInstanceOf<EvalResult.Failed>().thrown().shouldBeInstanceOf<InterruptedException>()
                }
            }
        }

        test("threads that earlier snippets started are left alone") {
            val turns = AtomicReference(CountDownLatch(1))
            val started = CountDownLatch(1)
            JavaPrompt.open(RecordingContext(mapOf("turns" to turns, "started" to started))).use { session ->
                session.show("boolean on = true") shouldBe "nothing"
                session.show("Thread t = new Thread(() -> { while (on) { ((CountDownLatch) turns.get()).countDown(); } }); t.start()")
                val evaluation = Evaluation(session, "started.countDown(); while (true) {}")
                started.await(60, TimeUnit.SECONDS) shouldBe true
                evaluation.interrupt()
                evaluation.await().shouldBeInstanceOf<EvalResult.Failed>()
                turns.set(CountDownLatch(1))
                turns.get().await(20, TimeUnit.SECONDS) shouldBe true
                session.show("on = false; t.join(20_000); t.isAlive()") shouldBe "false: boolean"
            }
        }

        test("one session's interrupt does not stop another's evaluation") {
            val started = CountDownLatch(2)
            val go = CountDownLatch(1)
            val bindings = RecordingContext(mapOf("started" to started, "go" to go))
            JavaPrompt.open(bindings).use { one ->
                JavaPrompt.open(bindings).use { other ->
                    val text = "started.countDown(); while (go.getCount() > 0) {}; 5"
                    val first = Evaluation(one, text)
                    val second = Evaluation(other, text)
                    started.await(60, TimeUnit.SECONDS) shouldBe true
                    first.interrupt()
                    first.await().shouldBeInstanceOf<EvalResult.Failed>()
                    go.countDown()
                    second.await() shouldBe EvalResult.Value(5, "int")
                }
            }
        }

        test("an interrupt at any moment stops this evaluation or none, and never breaks the compiler") {
            JavaPrompt.open().use { session ->
                session.show("int n = 0") shouldBe "nothing"
                for (micros in 0L..60_000L step 1_500) {
                    val evaluation = Evaluation(session, "n = 0; for (int i = 0; i < 1000; i++) n++; List.of(n, n).get(1)")
                    TimeUnit.MICROSECONDS.sleep(micros)
                    evaluation.interrupt()
                    evaluation.await()
                    session.show("new ArrayList<>(List.of(1, 2)).size()") shouldBe "2: int"
                }
            }
        }
    })
