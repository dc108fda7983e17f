package io.manhole

import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldNotContain
import io.manhole.repl.ReplContext
import io.manhole.testing.FakeRepl
import io.manhole.testing.ManholeSpec
import io.manhole.testing.awaitThat
import io.manhole.testing.inBackground
import io.manhole.testing.text
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

/** What a session may be told to do differently: where it evaluates, for how long, with whom, and what it shows. */
class SessionOptionsSpec : ManholeSpec() {
    private fun eventLoop(): ExecutorService =
        Executors.newSingleThreadExecutor { Thread(it, "event-loop") }.also { closing(AutoCloseable { it.shutdownNow() }) }

    /** An action that waits until it is released or interrupted, and tells when it has begun. */
    private class Waiting {
        val begun = CountDownLatch(1)
        val released = CountDownLatch(1)

        fun await(): String {
            begun.countDown()
            released.await()
            return "released"
        }
    }

    private fun action(name: String, code: () -> Any?) {
        FakeRepl.actions[name] = { code() }
    }

    private fun mirror(context: ReplContext, on: Boolean) =
        context
            .commands()
            .single { it.name() == "mirrorOutput" }
            .action()
            .accept(listOf(on))

    private fun waiting(name: String) = Waiting().also { action(name, it::await) }

    init {
        context("evalTimeout") {
            test("command_timeout: what takes too long is interrupted, and the prompt comes back") {
                waiting("long")
                install { evalTimeout(Duration.ofMillis(200)) }
                val client = connect().greeted()
                client.eval("run long") shouldBe "interrupted: it took longer than the evalTimeout of 0.2s\n"
                client.eval("alive") shouldBe "alive\n"
                events.awaitLine("evaluated 1 run long: interrupted")
            }

            test("each evaluation has the whole time, and an idle session is left alone") {
                install { evalTimeout(Duration.ofSeconds(20)) }
                val client = connect().greeted()
                repeat(50) { client.eval("alive") shouldBe "alive\n" }
            }

            test("nREPL clients get the status interrupted") {
                waiting("long")
                install { evalTimeout(Duration.ofMillis(200)) }
                val answers = connectNrepl().ask("op" to "eval", "id" to "1", "code" to "run long")
                answers.text("err") shouldContain "it took longer than the evalTimeout of 0.2s"
                answers.flatMap { it["status"] as? List<*> ?: emptyList() } shouldContain "interrupted"
            }

            test("what was printed before the time was up is not lost") {
                val wait = Waiting()
                action("long") {
                    println("begun")
                    wait.await()
                }
                install { evalTimeout(Duration.ofMillis(200)) }
                connect().greeted().eval("run long") shouldBe "begun\ninterrupted: it took longer than the evalTimeout of 0.2s\n"
            }
        }

        context("executor") {
            test("evaluation in the event loop: on its thread, with the client's output, which the loop does not keep") {
                val loop = eventLoop()
                action("where") {
                    println("printed there")
                    Thread.currentThread().name
                }
                install { executor(loop) }
                connect().greeted().eval("run where") shouldBe "printed there\nevent-loop\n"
                loop.submit<Boolean> { OutputRouter.routes() == null }.get(30, TimeUnit.SECONDS) shouldBe true
            }

            test("values are printed there too") {
                val loop = eventLoop()
                val value =
                    object {
                        override fun toString() = "seen by ${Thread.currentThread().name}"
                    }
                action("value") { value }
                install { executor(loop) }
                connect().greeted().eval("run value") shouldBe "seen by event-loop\n"
            }

            test("Ctrl-C interrupts the evaluation on the application's thread, which goes on uninterrupted") {
                val loop = eventLoop()
                val wait = waiting("long")
                install { executor(loop) }
                val client = connect().greeted()
                client.send("run long\n")
                wait.begun.await(30, TimeUnit.SECONDS) shouldBe true
                client.send(byteArrayOf(3))
                client.readUntil(">>> ") shouldBe "interrupted\n>>> "
                loop.submit<Boolean> { Thread.currentThread().isInterrupted }.get(30, TimeUnit.SECONDS) shouldBe false
                client.eval("alive") shouldBe "alive\n"
            }

            test("an evaluation that waits for a busy executor can be interrupted, and is not run later") {
                val loop = eventLoop()
                val busy = CountDownLatch(1)
                loop.execute { busy.await() }
                val runs = CopyOnWriteArrayList<String>()
                action("it") { runs += "run" }
                install { executor(loop) }
                val client = connect().greeted()
                client.send("run it\n")
                client.send(byteArrayOf(3))
                client.readUntil(">>> ") shouldEndWith "interrupted\n>>> "
                busy.countDown()
                loop.submit { }.get(30, TimeUnit.SECONDS)
                runs shouldBe emptyList()
                client.eval("alive") shouldBe "alive\n"
            }

            test("an executor that takes nothing is named as the reason") {
                install { executor { throw java.util.concurrent.RejectedExecutionException("shut down") } }
                action("it") { 1 }
                connect().greeted().eval("run it") shouldContain "the application's executor takes no evaluations: shut down"
            }

            test("an executor that runs at once, in the caller's thread") {
                action("where") { Thread.currentThread().name }
                install { executor(Runnable::run) }
                connect().greeted().eval("run where") shouldBe "manhole-eval-1\n"
            }

            test("a client that does not read never holds up the executor") {
                val loop = eventLoop()
                action("flood") { repeat(100_000) { println("0123456789".repeat(10)) } }
                install { executor(loop) }
                val client = connect().greeted()
                client.send("run flood\n")
                awaitThat { loop.submit<String> { "free" }.get(30, TimeUnit.SECONDS) == "free" }
            }

            test("the time limit gives the prompt back also while the executor is busy") {
                val loop = eventLoop()
                val busy = CountDownLatch(1)
                loop.execute { busy.await() }
                action("it") { 1 }
                install {
                    executor(loop)
                    evalTimeout(Duration.ofMillis(200))
                }
                connect().greeted().eval("run it") shouldContain "interrupted: it took longer"
                busy.countDown()
            }
        }

        context("sharedNamespace") {
            test("shared: what one session declares the others see, also when it has left") {
                install { sharedNamespace(true) }
                val first = connect().greeted()
                val second = connect().greeted()
                first.eval("let x 5") shouldBe ""
                second.eval("x plus 1") shouldBe "6\n"
                first.close()
                second.close()
                events.awaitLine("closed 1")
                events.awaitLine("closed 2")
                connect().greeted().eval("x plus 2") shouldBe "7\n"
            }

            test("private by default") {
                install()
                connect().greeted().eval("let x 5") shouldBe ""
                connect().greeted().eval("x plus 1") shouldContain "no such word"
            }

            test("sessions take turns, each with its own output and its own Ctrl-C") {
                val wait = waiting("long")
                action("say") { println("mine") }
                install { sharedNamespace(true) }
                val first = connect().greeted()
                val second = connect().greeted()
                first.send("run long\n")
                wait.begun.await(30, TimeUnit.SECONDS) shouldBe true
                second.send("run say\n")
                second.send(byteArrayOf(3))
                second.readUntil(">>> ") shouldBe "interrupted\n>>> "
                second.send("run say\n")
                wait.released.countDown()
                first.readUntil(">>> ") shouldBe "released\n>>> "
                second.readUntil(">>> ") shouldBe "mine\n>>> "
            }

            test("an evaluation that has to be left behind does not hold the others up for ever") {
                val release = CountDownLatch(1)
                val begun = CountDownLatch(1)
                action("stubborn") {
                    begun.countDown()
                    while (release.count > 0) runCatching { release.await() }
                }
                install { sharedNamespace(true) }
                val first = connect().greeted()
                first.eval("let x 5")
                first.send("run stubborn\n")
                begun.await(30, TimeUnit.SECONDS) shouldBe true
                first.close()
                connect().greeted().eval("x plus 1") shouldContain "no such word"
                release.countDown()
            }
        }

        context("mirrorOutput") {
            test("a session also sees what the application prints, which the application still has") {
                val application = java.io.ByteArrayOutputStream()
                val before = System.out
                System.setOut(java.io.PrintStream(application, true))
                try {
                    install { mirrorOutput(true) }.use {
                        val client = connect().greeted()
                        client.eval("alive")
                        inBackground {
                            println("from the application")
                            System.out.printf("%d %s%n", 42, "formatted")
                            System.out.write("bytes\n".toByteArray())
                        }
                        client.readUntil("bytes\n") shouldBe "from the application\n42 formatted\nbytes\n"
                    }
                    application.toString() shouldBe "from the application\n42 formatted\nbytes\n"
                } finally {
                    System.setOut(before)
                }
            }

            test("a session may ask for it, and have enough of it") {
                val application = eventLoop()
                application.submit { }.get() // a thread made by an evaluation would belong to its session
                action("say") { application.submit { println("from the application") }.get() }
                install()
                val client = connect().greeted()
                FakeRepl.actions["on"] = { context -> mirror(context, true) }
                FakeRepl.actions["off"] = { context -> mirror(context, false) }
                client.eval("run say") shouldBe "null\n"
                client.eval("run on")
                client.eval("run say") shouldBe "from the application\nnull\n"
                client.eval("run off")
                client.eval("run say") shouldBe "null\n"
            }

            test("nobody sees it who did not ask for it, nor what other sessions print") {
                action("say") { println("for one session") }
                install()
                val client = connect().greeted()
                inBackground { println("from the application") }.get(30, TimeUnit.SECONDS)
                connect().greeted().eval("run say") shouldBe "for one session\n"
                client.eval("alive") shouldBe "alive\n"
            }

            test("redirect_stderr=False leaves stderr alone in this as well") {
                val before = System.err
                System.setErr(java.io.PrintStream(java.io.ByteArrayOutputStream(), true))
                try {
                    install {
                        mirrorOutput(true)
                        redirectStderr(false)
                    }.use {
                        val client = connect().greeted()
                        client.eval("alive")
                        inBackground {
                            System.err.println("to stderr")
                            println("to stdout")
                        }
                        client.readUntil("to stdout\n") shouldNotContain "stderr"
                    }
                } finally {
                    System.setErr(before)
                }
            }

            test("a client that does not read holds up no printing, and is told what it missed") {
                val before = System.out
                System.setOut(java.io.PrintStream(java.io.OutputStream.nullOutputStream()))
                try {
                    install { mirrorOutput(true) }.use {
                        val client = connect().greeted()
                        client.eval("alive")
                        inBackground { repeat(100_000) { println("0123456789".repeat(10)) } }
                            .get(30, TimeUnit.SECONDS)
                        val flooded = inBackground { client.readUntil("bytes of output dropped") }
                        awaitThat {
                            println("more")
                            flooded.isDone
                        }
                        flooded.get(30, TimeUnit.SECONDS)
                    }
                } finally {
                    System.setOut(before)
                }
            }
        }
    }
}
