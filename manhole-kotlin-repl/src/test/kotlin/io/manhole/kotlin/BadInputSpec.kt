package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.manhole.Dialect
import io.manhole.Manhole
import io.manhole.ManholeOptions
import io.manhole.repl.EvalResult
import io.manhole.repl.Evaluation
import io.manhole.repl.RecordingContext
import io.manhole.testing.NreplClient
import io.manhole.testing.text
import java.nio.file.Files
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** Texts that are right, and do what nobody should: the session says what happened, and goes on. */
class BadInputSpec :
    FunSpec({
        test("ten thousand declarations are declared, and the session goes on") {
            SharedSessions.open().use { session ->
                session.show((1..10_000).joinToString("\n") { "val x$it = $it" }) shouldBe "nothing"
                session.show("x1 + x10000") shouldBe "10001: Int"
                session.show((1..1_000).joinToString("\n") { "fun f$it(x: Int) = x + $it" } + "\nf1(f1000(0))") shouldBe "1001: Int"
            }
        }

        test("a lazy value that waits for itself is left by an interrupt") {
            val started = CountDownLatch(1)
            SharedSessions.open(RecordingContext(mapOf("started" to started))).use { session ->
                session.show(
                    "val x: Int by lazy { val other = Thread { x }; other.isDaemon = true; other.start(); started.countDown(); other.join(); 1 }",
                ) shouldBe "nothing"
                val evaluation = Evaluation(session, "x")
                started.await(60, TimeUnit.SECONDS) shouldBe true
                evaluation.interrupt()
                evaluation.await().shouldBeInstanceOf<EvalResult.Failed>().thrown().shouldBeInstanceOf<InterruptedException>()
                session.show("1 + 1") shouldBe "2: Int"
            }
        }

        test("a suspend function that waits without end is left by an interrupt, and so is one that loops") {
            val started = CountDownLatch(2)
            val bindings = CorpusBindings.make() + ("started" to started)
            SharedSessions.open(RecordingContext(bindings)).use { session ->
                val waiting = Evaluation(session, "started.countDown(); stock.hang()")
                awaitCount(started, 1)
                waiting.awaitThread { it.state == Thread.State.WAITING || it.state == Thread.State.TIMED_WAITING }
                waiting.interrupt()
                waiting.await().shouldBeInstanceOf<EvalResult.Failed>().thrown().shouldBeInstanceOf<InterruptedException>()
                val looping = Evaluation(session, "started.countDown(); while (true) { kotlinx.coroutines.delay(1) }")
                awaitCount(started, 0)
                looping.interrupt()
                looping.await().shouldBeInstanceOf<EvalResult.Failed>()
                session.show("stock.fetch(\"pen\")") shouldBe "3: Int"
            }
        }

        test("closing the standard output closes neither the application's nor the session's") {
            SharedSessions.open().close() // so that the compiler stays with the other specs
            val folder = Files.createTempDirectory("manhole-test")
            val options = ManholeOptions.builder().socketPath(folder.resolve("manhole.sock")).verbose(false)
            Manhole.install(options.dialect(Dialect.NREPL).build()).use { manhole ->
                NreplClient(manhole.socketPath()).use { client ->
                    fun eval(code: String) = client.ask("op" to "eval", "code" to code, "id" to "1")
                    eval("System.out.close(); System.err.close()")
                    eval("println(\"still here\")").text("out") shouldContain "still here"
                }
            }
            System.out.checkError() shouldBe false
            folder.toFile().deleteRecursively()
        }

        test("objects of a class that was declared anew are strangers, and the user is told so") {
            val context = RecordingContext()
            SharedSessions.open(context).use { session ->
                session.show("class Order; val old: Any = Order()") shouldBe "nothing"
                session.show("class Order; old as Order") shouldContain "thrown java.lang.ClassCastException"
                context.warnings.single() shouldContain "Order was declared anew"
            }
        }

        test("bindings may be called like the packages that everything begins with") {
            SharedSessions.open(RecordingContext(mapOf("java" to "j", "kotlin" to "k", "io" to "i"))).use { session ->
                session.show("java + kotlin + io") shouldBe "jki: String"
                session.show("listOf(1).map { if (it > 0) \"yes\" else null }") shouldBe "[yes]: List<String?>"
            }
        }

        test("an exception keeps what it is, whatever it says") {
            SharedSessions.open().use { session ->
                val thrown =
                    session
                        .eval("throw object : RuntimeException() { override val message: String get() = error(\"no message\") }")
                        .shouldBeInstanceOf<EvalResult.Failed>()
                        .thrown()
                thrown.javaClass.name shouldNotContain "KotlinEvaluationException"
                session.show("err == null") shouldBe "false: Boolean"
                session.show("1") shouldNotBe null
            }
        }
    })

private fun awaitCount(latch: CountDownLatch, count: Long) = io.manhole.testing.awaitThat { latch.count == count }
