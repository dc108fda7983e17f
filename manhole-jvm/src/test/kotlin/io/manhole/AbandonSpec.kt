package io.manhole

import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldNotContain
import io.manhole.repl.Stubborn
import io.manhole.testing.FakeRepl
import io.manhole.testing.ManholeSpec
import io.manhole.testing.NreplClient
import io.manhole.testing.PlainClient
import io.manhole.testing.awaitThat
import io.manhole.testing.statuses
import io.manhole.testing.text
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

/** What an interrupt does not stop is reported to the client, who may go on without it. */
class AbandonSpec : ManholeSpec() {
    private val ctrlC = byteArrayOf(3)

    /** An action that waits as for a lock that somebody else holds, and is released after the test. */
    private fun stubborn(name: String = "stubborn", afterwards: () -> Any? = { "too late" }): Stubborn {
        val stubborn = Stubborn()
        FakeRepl.actions[name] = {
            stubborn.await()
            afterwards()
        }
        return closing(AutoCloseable { stubborn.release() }).let { stubborn }
    }

    private fun PlainClient.begin(line: String, waiting: Stubborn): PlainClient {
        send(line + "\n")
        awaitThat({ "it does not wait" }) { waiting.waiting != null }
        return this
    }

    private fun PlainClient.interruptUntilReported(): String {
        send(ctrlC)
        return readUntil("goes on\n")
    }

    private fun PlainClient.leaveBehind(): String {
        interruptUntilReported()
        send(ctrlC)
        return readUntil(PlainClient.PROMPT)
    }

    private fun threads(name: String) = Thread.getAllStackTraces().keys.filter { it.name == name }

    init {
        test("what does not stop is reported once, with thread, frame and time, and what to do") {
            val stubborn = stubborn()
            install()
            val client = connect().greeted().begin("run stubborn", stubborn)
            client.interruptUntilReported() shouldMatch
                "(?s)still running 1\\.\\d s after it was interrupted, .* after it began: thread \"manhole-eval-1\" at .*, " +
                "called from io\\.manhole\\.repl\\.Stubborn\\.await\\(Stubborn.kt:\\d+\\)\nCtrl-C once more leaves it behind and goes on\n"
            stubborn.release()
            client.readUntil(PlainClient.PROMPT) shouldBe "too late\n>>> "
            client.eval("next") shouldBe "next\n"
        }

        test("whose lock is waited for is told") {
            val lock = Any()
            val locked = CountDownLatch(1)
            val release = CountDownLatch(1)
            val holder =
                Thread({
                    synchronized(lock) {
                        locked.countDown()
                        release.await()
                    }
                }, "order-worker").apply { start() }
            closing(AutoCloseable { release.countDown().also { holder.join() } })
            locked.await(30, TimeUnit.SECONDS) shouldBe true
            FakeRepl.actions["lock"] = { synchronized(lock) { "locked" } }
            install()
            val client = connect().greeted()
            client.send("run lock\n")
            awaitThat { threads("manhole-eval-1").any { it.state == Thread.State.BLOCKED } }
            client.interruptUntilReported() shouldMatch
                "(?s).*, waiting for the lock java.lang.Object@.*, which thread \"order-worker\" holds\n.*"
            client.send(ctrlC)
            client.readUntil(PlainClient.PROMPT) shouldContain "left behind on thread \"manhole-abandoned-1\""
            client.eval("next") shouldBe "next\n"
        }

        test("another Ctrl-C leaves it behind: the prompt is back, with all declarations and in good order") {
            val stubborn = stubborn()
            install()
            val client = connect().greeted()
            client.eval("let x 5")
            client.begin("let x 6 run stubborn", stubborn)
            client.leaveBehind() shouldMatch
                "left behind on thread \"manhole-abandoned-1\" after .* s; what it prints is discarded. The session goes on\n>>> "
            client.eval("x plus 1") shouldBe "6\n"
            awaitThat { threads("manhole-abandoned-1").single().isDaemon }
            client.eval("let x 7")
            stubborn.release()
            awaitThat({ "the thread lives on" }) { threads("manhole-abandoned-1").isEmpty() }
            client.eval("x plus 1") shouldBe "8\n"
            events.lines shouldContain "evaluated 1 let x 6 run stubborn: left behind"
            events.lines.count { "run stubborn" in it } shouldBe 1
        }

        test("an interrupt that needs a moment is not reported, and two at once leave nothing behind") {
            val started = FakeRepl.waits()
            install()
            val client = connect().greeted()
            client.send("run wait\n")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.send(byteArrayOf(3))
            client.readUntil(PlainClient.PROMPT) shouldBe "interrupted\n>>> "
            client.eval("next") shouldBe "next\n"
        }

        test("what is left behind prints nowhere, reads nothing, and is nobody's session") {
            var read: Int? = null
            var session: Session? = null
            val stubborn =
                stubborn {
                    println("printed too late")
                    session = Session.current()
                    read = System.`in`.read()
                    System.err.println("and this")
                }
            val application = ByteArrayOutputStream()
            val before = System.out
            System.setOut(PrintStream(application, true))
            try {
                install().use {
                    val client = connect().greeted().begin("run stubborn", stubborn)
                    client.leaveBehind()
                    client.eval("next") shouldBe "next\n"
                    stubborn.release()
                    awaitThat({ "the thread lives on" }) { threads("manhole-abandoned-1").isEmpty() && read != null }
                    client.eval("later") shouldBe "later\n"
                    read shouldBe -1
                    session shouldBe null
                }
                application.toString() shouldNotContain "late"
            } finally {
                System.setOut(before)
            }
        }

        test("an engine that cannot go on is opened anew, and the user is told what that means") {
            FakeRepl.goesOn = false
            val stubborn = stubborn()
            install()
            val client = connect().greeted()
            client.eval("let x 5")
            client.begin("run stubborn", stubborn)
            client.leaveBehind() shouldContain "The engine had to be opened anew: what was declared is gone\n"
            client.eval("x plus 1") shouldContain "no such word"
            client.eval("next") shouldBe "next\n"
            FakeRepl.closed shouldBe 1
        }

        test("only so many are left behind while none of them ends") {
            install()
            val client = connect().greeted()
            val all = (1..Session.MAX_ABANDONED + 1).map { stubborn("stubborn$it") }
            for (i in 1..Session.MAX_ABANDONED) {
                client.begin("run stubborn$i", all[i - 1]).leaveBehind() shouldContain "The session goes on"
            }
            client.begin("run stubborn5", all[4]).interruptUntilReported()
            client.send(ctrlC)
            client.readUntil("\n") shouldContain "not left behind: 4 evaluations of a session"
            all[0].release()
            awaitThat({ "it did not end" }) { threads("manhole-abandoned-1").size == 3 }
            awaitThat({ "still refused" }) {
                client.send(ctrlC)
                "left behind on" in client.readUntil("\n")
            }
            client.readUntil(PlainClient.PROMPT)
            client.eval("next") shouldBe "next\n"
        }

        test("a session that ends takes nothing with it that others need") {
            val stubborn = stubborn()
            install()
            val client = connect().greeted().begin("run stubborn", stubborn)
            client.leaveBehind()
            client.close()
            events.awaitLine("closed 1")
            connect().greeted().eval("next") shouldBe "next\n"
            FakeRepl.closed shouldBe 1
        }

        test("nREPL: the evaluation is answered, under its id, and the session goes on") {
            val stubborn = stubborn()
            install()
            val client = connectNrepl()
            val session = client.newSession()
            client.send("op" to "eval", "code" to "run stubborn", "session" to session, "id" to "7")
            awaitThat { stubborn.waiting != null }
            client.ask("op" to "interrupt", "session" to session, "id" to "8").statuses shouldContainExactly listOf("interrupted", "done")
            val report = client.until("manhole/stuck").last()
            report["id"] shouldBe "7"
            listOf(report).text("err") shouldContain "the op manhole/abandon"
            client.send("op" to "manhole/abandon", "session" to session, "id" to "9")
            val answers = client.until() + client.until()
            answers.filter { it["id"] == "9" }.statuses shouldContainExactly listOf("done")
            answers.filter { it["id"] == "7" }.statuses shouldContainExactly
                listOf("interrupted", "eval-error", "manhole/abandoned", "done")
            answers.text("err") shouldContain "left behind on thread"
            client.ask("op" to "eval", "code" to "x", "session" to session).text("value") shouldBe "x"
            client.ask("op" to "manhole/abandon", "session" to session).statuses shouldContainExactly listOf("session-idle", "done")
            stubborn.release()
            awaitThat({ "the thread lives on" }) { Thread.getAllStackTraces().keys.none { it.name.startsWith("manhole-abandoned") } }
            client.ask("op" to "eval", "code" to "y", "session" to session).text("value") shouldBe "y"
        }

        test("nREPL: an editor may abandon at once, and what waits behind is evaluated") {
            val stubborn = stubborn()
            install()
            val client: NreplClient = connectNrepl()
            client.send("op" to "eval", "code" to "run stubborn", "id" to "1")
            client.send("op" to "eval", "code" to "behind", "id" to "2")
            awaitThat { stubborn.waiting != null }
            client.send("op" to "manhole/abandon", "id" to "3")
            (client.until() + client.until() + client.until()).filter { it["id"] == "2" }.text("value") shouldBe "behind"
        }

        test("what evalTimeout does not stop is reported as well") {
            val stubborn = stubborn()
            install { evalTimeout(Duration.ofMillis(100)) }
            val client = connect().greeted().begin("run stubborn", stubborn)
            client.readUntil("goes on\n") shouldContain "still running 1."
            client.send(ctrlC)
            client.readUntil(PlainClient.PROMPT) shouldContain "left behind"
            client.eval("next") shouldBe "next\n"
        }

        test("on the application's executor: the session goes on, and so does the executor's thread when it can") {
            val loop = Executors.newSingleThreadExecutor { Thread(it, "event-loop") }
            closing(AutoCloseable { loop.shutdownNow() })
            val stubborn = stubborn { println("printed too late") }
            FakeRepl.actions["say"] = {
                println("said")
                Thread.currentThread().isInterrupted
            }
            install { executor(loop) }
            val client = connect().greeted().begin("run stubborn", stubborn)
            client.leaveBehind() shouldContain "left behind on the executor's thread"
            client.send("run say\n")
            stubborn.release()
            client.readUntil(PlainClient.PROMPT) shouldBe "said\nfalse\n>>> "
        }

        test("in a shared namespace the others go on too") {
            val stubborn = stubborn()
            install { sharedNamespace(true) }
            val first = connect().greeted()
            val second = connect().greeted()
            first.eval("let x 5")
            first.begin("run stubborn", stubborn)
            second.send("x plus 1\n")
            first.leaveBehind() shouldContain "The session goes on"
            second.readUntil(PlainClient.PROMPT) shouldBe "6\n>>> "
            first.eval("x plus 2") shouldBe "7\n"
            stubborn.release()
            awaitThat({ "the thread lives on" }) { threads("manhole-abandoned-1").isEmpty() }
            second.eval("x plus 3") shouldBe "8\n"
        }

        test("an endless toString is interrupted, or left behind") {
            val stubborn = stubborn()
            val value =
                object {
                    override fun toString(): String {
                        stubborn.await()
                        return "too late"
                    }
                }
            FakeRepl.actions["value"] = { value }
            FakeRepl.actions["slow"] = {
                object {
                    override fun toString(): String {
                        Thread.sleep(Long.MAX_VALUE)
                        return ""
                    }
                }
            }
            install()
            val client = connect().greeted()
            client.send("run slow\n")
            awaitThat { threads("manhole-eval-1").any { it.state == Thread.State.TIMED_WAITING } }
            client.send(ctrlC)
            client.readUntil(PlainClient.PROMPT) shouldBe "interrupted while the value was being printed\n>>> "
            client.begin("run value", stubborn)
            client.leaveBehind() shouldContain "The session goes on"
            client.eval("next") shouldBe "next\n"
        }
    }
}
