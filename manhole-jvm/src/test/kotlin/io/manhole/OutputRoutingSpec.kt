package io.manhole

import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import io.manhole.testing.FakeRepl
import io.manhole.testing.ManholeSpec
import io.manhole.testing.awaitThat
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

class OutputRoutingSpec : ManholeSpec() {
    private val log = ByteArrayOutputStream()

    /** Runs the test with the application's System.out in a buffer. */
    private fun withApplicationOut(body: () -> Unit) {
        val before = System.out
        log.reset()
        System.setOut(PrintStream(log, true))
        try {
            body()
        } finally {
            System.setOut(before)
        }
    }

    private fun awaitNoSession() = awaitThat({ "System.out is still ${System.out}" }) { System.out !is RoutedPrintStream }

    init {
        test("the application's own output goes where it always went, while a client is connected") {
            withApplicationOut {
                install()
                val client = connect().greeted()
                client.eval("x")
                println("application")
                thread { println("its thread") }.join()
                client.eval("y") shouldBe "y\n"
                log.toString() shouldBe "application\nits thread\n"
                client.close()
                awaitNoSession()
            }
        }

        test("an evaluation's output, and that of the threads it starts, goes to its own client") {
            FakeRepl.actions["print"] = {
                println("out")
                System.err.println("err")
                thread { println("thread") }.join()
            }
            withApplicationOut {
                install()
                val other = connect().greeted()
                val client = connect().greeted()
                client.eval("run print") shouldBe "out\nerr\nthread\n"
                other.eval("nothing") shouldBe ""
                log.toString() shouldBe ""
                client.close()
                other.close()
                awaitNoSession()
            }
        }

        test("with redirectStderr(false) System.err stays in the application") {
            FakeRepl.actions["print"] = { System.err.println("to the application, on purpose") }
            install { redirectStderr(false) }
            connect().greeted().eval("run print") shouldBe ""
        }

        test("output arrives while the statement still runs") {
            val go = CountDownLatch(1)
            FakeRepl.actions["print"] = {
                println("first")
                go.await()
            }
            install()
            val client = connect().greeted()
            client.send("run print\n")
            client.readUntil("first\n")
            go.countDown()
            client.readUntil(">>> ")
        }

        test("a pool that an evaluation left behind prints to the application once the session is over") {
            val pool = Executors.newSingleThreadExecutor()
            FakeRepl.actions["pool"] = { pool.submit { println("to the client") }.get().let { } }
            withApplicationOut {
                install()
                val client = connect().greeted()
                client.eval("run pool") shouldBe "to the client\n"
                client.send("exit()\n")
                client.readToEnd()
                awaitNoSession()
                pool.submit { println("to the application") }.get(30, TimeUnit.SECONDS)
                log.toString() shouldBe "to the application\n"
            }
            pool.shutdown()
            pool.awaitTermination(30, TimeUnit.SECONDS) shouldBe true
        }

        test("a client that does not read holds up its own evaluation, and no other thread") {
            val pool = Executors.newSingleThreadExecutor()
            val flooding = CountDownLatch(1)
            FakeRepl.actions["flood"] = {
                pool.submit {}.get() // the pool's thread inherits the route
                flooding.countDown()
                while (!Thread.currentThread().isInterrupted) println("x".repeat(10_000))
            }
            install()
            val client = connect().greeted()
            client.send("run flood\n")
            flooding.await(30, TimeUnit.SECONDS) shouldBe true
            val evaluating = Thread.getAllStackTraces().keys.single { it.name == "manhole-eval-1" }
            awaitThat({ "not held up: ${evaluating.state}" }) { evaluating.state == Thread.State.WAITING }
            pool.submit { repeat(100) { println("y".repeat(100_000)) } }.get(30, TimeUnit.SECONDS)
            println("the application is not held up either")
            connect().greeted().eval("other") shouldBe "other\n"
            client.close()
            evaluating.join(30_000)
            evaluating.isAlive shouldBe false
            pool.shutdown()
            pool.awaitTermination(30, TimeUnit.SECONDS) shouldBe true
        }

        test("an interrupt reaches an evaluation that waits for a client which does not read") {
            FakeRepl.actions["flood"] = { while (!Thread.currentThread().isInterrupted) println("x".repeat(10_000)) }
            install()
            val client = connect().greeted()
            client.send("run flood\n")
            val evaluating = Thread.getAllStackTraces().keys.single { it.name == "manhole-eval-1" }
            awaitThat({ "not held up: ${evaluating.state}" }) { evaluating.state == Thread.State.WAITING }
            client.send(byteArrayOf(3))
            client.readUntil(">>> ")
            client.eval("next") shouldBe "next\n"
        }

        test("10 MB of output arrive whole") {
            FakeRepl.actions["much"] = { repeat(1000) { println("0123456789".repeat(1024)) } }
            install()
            val shown = connect().greeted().eval("run much")
            shown.length shouldBe 1000 * 10241
        }

        test("a System.out that the application sets while a client is connected stays, open and in use") {
            withApplicationOut {
                install()
                val client = connect().greeted()
                client.eval("x")
                val theirs = ByteArrayOutputStream()
                val stream = PrintStream(theirs, true)
                System.setOut(stream)
                println("theirs")
                client.eval("nothing") shouldBe ""
                FakeRepl.actions["print"] = { println("mine") }
                client.eval("run print") shouldBe "mine\n"
                println("theirs again")
                client.close()
                awaitNoSession()
                System.out shouldBeSameInstanceAs stream
                println("and after")
                theirs.toString() shouldBe "theirs\ntheirs again\nand after\n"
            }
        }

        test("an evaluation that closes System.out harms nobody") {
            FakeRepl.actions["close"] = { System.out.close() }
            withApplicationOut {
                install()
                val client = connect().greeted()
                client.eval("run close") shouldBe ""
                println("still here")
                log.toString() shouldContain "still here"
                client.close()
                awaitNoSession()
            }
        }

        test("what an abandoned evaluation goes on printing is seen by nobody") {
            val released = CountDownLatch(1)
            val done = CountDownLatch(1)
            val started = CountDownLatch(1)
            FakeRepl.actions["stubborn"] = {
                started.countDown()
                awaitUninterruptibly(released)
                println("late")
                done.countDown()
            }
            withApplicationOut {
                install()
                val client = connect().greeted()
                client.send("run stubborn\n")
                started.await(30, TimeUnit.SECONDS) shouldBe true
                client.close()
                events.awaitLine("closed 1")
                released.countDown()
                done.await(30, TimeUnit.SECONDS) shouldBe true
                awaitNoSession()
                log.toString() shouldNotContain "late"
            }
        }

        test("every public method of PrintStream is routed, so none slips by a client") {
            val inherited =
                PrintStream::class.java.methods
                    .filter { it.declaringClass == PrintStream::class.java }
                    .filterNot { java.lang.reflect.Modifier.isStatic(it.modifiers) || it.name == "charset" }
            inherited.size shouldBeGreaterThan 20
            inherited
                .filter { method ->
                    RoutedPrintStream::class.java.declaredMethods.none {
                        it.name == method.name && it.parameterTypes.contentEquals(method.parameterTypes)
                    }
                }.map { it.toString() } shouldBe emptyList()
        }
    }
}
