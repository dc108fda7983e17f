package io.manhole

import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.FakeRepl
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient
import io.manhole.testing.awaitThat
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

class PlainDialectSpec : ManholeSpec() {
    init {
        test("a Ctrl-C that comes as soon as there is a prompt is never lost") {
            install()
            val client = connect().greeted()
            repeat(300) {
                client.send("begin\n")
                client.readUntil("... ")
                client.send(byteArrayOf(3))
                client.readUntil(PlainClient.PROMPT)
            }
            client.eval("alive") shouldBe "alive\n"
        }

        test("a client is greeted with every thread's stack, a banner and a prompt") {
            install { local("orders", listOf(1)) }
            val greeting = connect().readUntil(PlainClient.PROMPT)
            greeting shouldContain Regex("""######### ProcessID=\d+, ThreadID=\d+ #########""")
            greeting shouldContain "\"manhole-listener\" RUNNABLE daemon"
            greeting shouldContain "\n" + "#".repeat(45) + "\n"
            greeting shouldContain "Objects: orders."
            greeting shouldEndWith "(ManholeConsole)\n>>> "
        }

        test("the banner is the application's, if it wants one") {
            install { banner("Welcome to the shop") }
            connect().readUntil(PlainClient.PROMPT) shouldEndWith "#\nWelcome to the shop\n>>> "
        }

        test("values are printed, no value is not, null is null") {
            install()
            val client = connect().greeted()
            client.eval("forty-two") shouldBe "forty-two\n"
            client.eval("nothing") shouldBe ""
            client.eval("null") shouldBe "null\n"
            client.eval("") shouldBe ""
        }

        test("arrays show their elements, and a failing toString is described") {
            FakeRepl.actions["array"] = { arrayOf(intArrayOf(1, 2), "x") }
            FakeRepl.actions["failing"] = {
                object : Any() {
                    override fun toString(): String = throw IllegalStateException("no")
                }
            }
            install()
            val client = connect().greeted()
            client.eval("run array") shouldBe "[[1, 2], x]\n"
            client.eval("run failing") shouldContain "whose toString() threw java.lang.IllegalStateException"
        }

        test("incomplete text asks for more, over blank lines too") {
            install()
            val client = connect().greeted()
            client.send("begin\n")
            client.readUntil("... ")
            client.send("\n\n")
            client.readUntil("... ... ")
            client.eval("end") shouldBe "begin\n\n\nend\n"
        }

        test("pipelined lines are answered one by one, and a half-closed client gets all its answers") {
            install()
            val client = connect().greeted()
            client.send("one\ntwo\r\nthree")
            client.endInput()
            client.readToEnd() shouldBe "one\n>>> two\n>>> three\n>>> \nnow exiting ManholeConsole...\n"
        }

        test("text that is still incomplete at the end of the input is said to be") {
            install()
            val client = connect().greeted()
            client.send("begin\nx\n")
            client.endInput()
            client.readToEnd() shouldContain "the input ended before this was complete:\nbegin\nx\n"
        }

        test("rejected text is answered with line, column and a caret, and the session goes on") {
            install()
            val client = connect().greeted()
            client.eval("reject") shouldBe "1:3: error: no such word\n    reject\n      ^\n"
            client.eval("next") shouldBe "next\n"
        }

        test("what evaluated code throws is shown without the frames of the manhole, and the session goes on") {
            FakeRepl.actions["fail"] = { throw IllegalArgumentException("bad", RuntimeException("cause")) }
            FakeRepl.actions["overflow"] = { overflow(1) }
            FakeRepl.actions["memory"] =
                { arrayOfNulls<LongArray>(1 shl 20).also { a -> a.indices.forEach { a[it] = LongArray(1 shl 26) } }.size }
            install()
            val client = connect().greeted()
            val shown = client.eval("run fail")
            shown shouldStartWith "java.lang.IllegalArgumentException: bad\n"
            shown shouldContain "Caused by: java.lang.RuntimeException: cause"
            shown shouldNotContain "io.manhole.Session"
            client.eval("run overflow") shouldStartWith "java.lang.StackOverflowError"
            client.eval("run memory") shouldStartWith "java.lang.OutOfMemoryError"
            client.eval("next") shouldBe "next\n"
        }

        test("bytes that are no UTF-8 are replaced, and the session goes on") {
            install()
            val client = connect().greeted()
            client.send(byteArrayOf('a'.code.toByte(), 0xff.toByte(), 0xc3.toByte(), '\n'.code.toByte()))
            client.readUntil(PlainClient.PROMPT) shouldBe "a\uFFFD\uFFFD\n>>> "
            client.eval("später") shouldBe "später\n"
        }

        test("a line beyond the limit is thrown away with a message, and the session goes on") {
            install { maxInputBytes(2000) }
            val client = connect().greeted()
            client.send("x".repeat(1_000_000) + "\n")
            client.readUntil(PlainClient.PROMPT) shouldContain "longer than 2000 bytes was thrown away"
            client.eval("next") shouldBe "next\n"
        }

        test("exit() and quit() end the session and not the application") {
            install()
            for (command in listOf("exit()", "quit()")) {
                val client = connect().greeted()
                client.send("$command\nnever\n")
                client.readToEnd() shouldBe ""
            }
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("help() lists the commands") {
            install()
            connect().greeted().eval("help()") shouldContain "dumpStackTraces()"
        }

        test("Ctrl-D leaves") {
            install()
            val client = connect().greeted()
            client.send(byteArrayOf(4))
            client.readToEnd() shouldEndWith "now exiting ManholeConsole...\n"
        }

        test("Ctrl-C at the prompt drops the incomplete text") {
            install()
            val client = connect().greeted()
            client.send("begin\n")
            client.readUntil("... ")
            client.send(byteArrayOf(3))
            client.readUntil(PlainClient.PROMPT)
            client.eval("next") shouldBe "next\n"
        }

        test("Ctrl-C interrupts what waits, and keeps the session") {
            val started = FakeRepl.waits()
            install()
            val client = connect().greeted()
            client.send("run wait\n")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.send(byteArrayOf(3))
            client.readUntil(PlainClient.PROMPT) shouldBe "interrupted\n>>> "
            FakeRepl.interrupts shouldBe 1
            client.eval("next") shouldBe "next\n"
            events.lines shouldContain "evaluated 1 run wait: interrupted"
        }

        test("Ctrl-C right behind a line interrupts that line, also if it has not begun") {
            FakeRepl.actions["wait"] = { CountDownLatch(1).await() }
            install()
            val client = connect().greeted()
            client.send("run wait\nrun wait\n\u0003next\n")
            client.readUntil("next\n>>> ") shouldBe "interrupted\n>>> interrupted\n>>> next\n>>> "
        }

        test("a client that hangs up takes its evaluation with it") {
            val started = CountDownLatch(1)
            val ended = CountDownLatch(1)
            FakeRepl.actions["wait"] = {
                started.countDown()
                try {
                    CountDownLatch(1).await()
                } finally {
                    ended.countDown()
                }
            }
            install()
            val client = connect().greeted()
            client.send("run wait\n")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.close()
            ended.await(30, TimeUnit.SECONDS) shouldBe true
            events.awaitLine("closed 1")
            FakeRepl.closed shouldBe 1
        }

        test("one client's endless evaluation holds up no other client") {
            val released = CountDownLatch(1)
            FakeRepl.actions["stubborn"] = { awaitUninterruptibly(released) }
            install()
            connect().greeted().send("run stubborn\n")
            connect().greeted().eval("other") shouldBe "other\n"
            released.countDown()
        }

        test("evaluated code reads the lines that follow from System.in") {
            FakeRepl.actions["read"] = { "got " + readln() }
            install()
            val client = connect().greeted()
            client.send("run read\nline\nnext\n")
            client.readUntil("next\n>>> ") shouldBe "got line\n>>> next\n>>> "
        }
    }

    private fun overflow(n: Int): Int = overflow(n + 1) + 1
}

/** What an evaluation does that neither an interrupt nor the engine can stop. */
fun awaitUninterruptibly(latch: CountDownLatch) {
    while (true) {
        try {
            return latch.await()
        } catch (e: InterruptedException) {
            continue
        }
    }
}
