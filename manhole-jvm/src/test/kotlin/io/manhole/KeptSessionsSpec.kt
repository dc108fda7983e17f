package io.manhole

import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.FakeRepl
import io.manhole.testing.ManholeSpec
import io.manhole.testing.NreplClient
import io.manhole.testing.awaitThat
import io.manhole.testing.inBackground
import io.manhole.testing.status
import io.manhole.testing.statuses
import io.manhole.testing.text
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.io.path.readLines

/** Sessions that outlive their connection. */
class KeptSessionsSpec : ManholeSpec() {
    private fun NreplClient.keptSession(seconds: Long = 60): String =
        ask("op" to "clone", "manhole/keep" to seconds, "id" to "c").single()["new-session"] as String

    private fun NreplClient.attach(session: String, vararg more: Pair<String, Any>) =
        ask("op" to "manhole/attach-session", "session" to session, "id" to "a", *more).single()

    private fun NreplClient.eval(session: String, code: String) = ask("op" to "eval", "code" to code, "session" to session)

    /** Ends the connection without a word, and waits until the manhole has noticed. */
    private fun NreplClient.leave(connection: Long = 1) {
        close()
        events.awaitLine("closed $connection")
    }

    private fun threads(prefix: String) =
        Thread.getAllStackTraces().keys.filter { it.isAlive && it.name.startsWith(prefix) }.map { it.name }

    init {
        test("a session whose client asked for it is there for the next connection, with what it declared") {
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.eval(session, "let x 5").statuses shouldContainExactly listOf("done")
            first.leave()
            events.lines shouldContain "kept 1 PT1M"
            val second = connectNrepl()
            second.attach(session) shouldBe mapOf("id" to "a", "session" to session, "manhole/keep" to 60L, "status" to listOf("done"))
            events.awaitLine("attached 2 1")
            second.eval(session, "x plus 2").text("value") shouldBe "7"
            second.ask("op" to "ls-sessions").single()["sessions"] shouldBe listOf(session)
            events.awaitLine("evaluated 2 x plus 2: value")
            threads("manhole-kept").shouldBeEmpty()
        }

        test("it can be left and gone back to any number of times, and is closed as any other") {
            install()
            connectNrepl().use { it.eval(it.keptSession().also { id -> events.lines += id }, "let x 5") }
            val session = events.lines.first { '-' in it && it.length == 36 }
            for (connection in 2L..4L) {
                events.awaitLine("closed ${connection - 1}")
                val client = connectNrepl()
                client.attach(session)
                client.eval(session, "x plus 1").text("value") shouldBe "6"
                client.leave(connection)
            }
            val last = connectNrepl()
            last.attach(session)
            last.ask("op" to "close", "session" to session).statuses shouldContain "session-closed"
            last.leave(5)
            connectNrepl().attach(session)["status"] shouldBe listOf("error", "unknown-session", "done")
            FakeRepl.closed shouldBe 1
        }

        test("without being asked for, or with the option at zero, nothing stays") {
            install { sessionKeepAlive(Duration.ZERO) }
            val client = connectNrepl()
            client.ask("op" to "clone", "manhole/keep" to 60L, "id" to "c").single()["manhole/keep"] shouldBe 0L
            client.leave()
            threads("manhole-eval").shouldBeEmpty()
            threads("manhole-kept").shouldBeEmpty()
        }

        test("no longer than the option says, whatever the client asks for") {
            install { sessionKeepAlive(Duration.ofSeconds(90)) }
            val client = connectNrepl()
            for ((asked, granted) in listOf(3_600L to 90L, 10L to 10L, -5L to 0L, Long.MAX_VALUE to 90L)) {
                client.ask("op" to "clone", "manhole/keep" to asked, "id" to "c").single()["manhole/keep"] shouldBe granted
            }
            client.leave()
            events.lines.count { it.startsWith("kept 1") } shouldBe 3
        }

        test("when its time is up its evaluation is interrupted, its engine closed, and no thread is left") {
            val started = FakeRepl.waits()
            install()
            val client = connectNrepl()
            val session = client.keptSession(1)
            client.send("op" to "eval", "code" to "run wait", "session" to session, "id" to "1")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.leave()
            events.awaitLine("ended 1")
            events.lines shouldContain "evaluated 1 run wait: interrupted"
            FakeRepl.closed shouldBe 1
            awaitThat { (threads("manhole-eval") + threads("manhole-kept")).isEmpty() }
            connectNrepl().attach(session)["status"] shouldBe listOf("error", "unknown-session", "done")
        }

        test("what is evaluated goes on meanwhile, and its answers are there afterwards, in order, under the ids of their requests") {
            val started = CountDownLatch(1)
            val go = CountDownLatch(1)
            FakeRepl.actions["work"] = {
                started.countDown()
                go.await()
                print("half")
                print("done")
                "result"
            }
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.send("op" to "eval", "code" to "run work", "session" to session, "id" to "long")
            first.send("op" to "eval", "code" to "next", "session" to session, "id" to "behind")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            first.leave()
            go.countDown()
            events.awaitLine("evaluated 1 next: value")
            val second = connectNrepl()
            second.attach(session)
            val said = second.until() + second.until()
            said.forEach { it["session"] shouldBe session }
            said.filter { it["id"] == "long" }.let {
                it.text("out") shouldBe "halfdone"
                it.text("value") shouldBe "result"
            }
            said.map { it["id"] }.distinct() shouldContainExactly listOf("long", "behind")
            said.last().statuses() shouldContainExactly listOf("done")
        }

        test("an evaluation that is still running when its client comes back can be interrupted by it") {
            val started = FakeRepl.waits()
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.send("op" to "eval", "code" to "run wait", "session" to session, "id" to "7")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            first.leave()
            val second = connectNrepl()
            second.attach(session)
            second.send("op" to "interrupt", "session" to session, "interrupt-id" to "7", "id" to "8")
            val answers = second.until() + second.until()
            answers.filter { it["id"] == "7" }.statuses shouldContainExactly listOf("interrupted", "eval-error", "done")
            events.awaitLine("evaluated 1 run wait: interrupted") // by whom it was asked for
        }

        test("code that waits for input is answered by the next client") {
            FakeRepl.actions["read"] = { readln() }
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.send("op" to "eval", "code" to "run read", "session" to session, "id" to "1")
            first.until("need-input")
            first.leave()
            val second = connectNrepl()
            second.attach(session)
            second.send("op" to "stdin", "stdin" to "typed\n", "session" to session, "id" to "2")
            (second.until() + second.until()).text("value") shouldBe "typed"
        }

        test("output without end holds nobody up, is kept up to a limit, and the rest is counted") {
            val started = CountDownLatch(1)
            val go = CountDownLatch(1)
            FakeRepl.actions["flood"] = {
                started.countDown()
                go.await()
                repeat(10_000) { println("x".repeat(99)) }
                "over"
            }
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.send("op" to "eval", "code" to "run flood", "session" to session, "id" to "1")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            first.leave()
            go.countDown()
            events.awaitLine("evaluated 1 run flood: value") // though nobody reads
            val second = connectNrepl()
            second.attach(session)
            val said = second.until() + second.eval(session, "next")
            val out = said.text("out")
            out.length shouldBeGreaterThan 50_000
            out.length shouldBeLessThan 300_000
            said.text("err") shouldMatch Regex("""\n\[manhole: \d+ bytes of output dropped: nobody was connected]\n""")
            said.text("value") shouldBe "overnext"
        }

        test("a thread of the session's that prints while nobody is there is never held up, nor is the application's output touched") {
            val started = CountDownLatch(1)
            val go = CountDownLatch(1)
            FakeRepl.actions["spawn"] = {
                Thread {
                    started.countDown()
                    go.await()
                    repeat(10_000) { println("y".repeat(99)) }
                    events.lines += "printed"
                }.start()
            }
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.eval(session, "run spawn")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            first.leave()
            go.countDown()
            events.awaitLine("printed")
            val second = connectNrepl()
            second.attach(session)
            second.eval(session, "next").text("out") shouldStartWith "y".repeat(99)
        }

        test("what the application prints is not gathered for a client that is away, and comes again afterwards") {
            install { mirrorOutput(true) }
            val first = connectNrepl()
            val session = first.keptSession()
            first.eval(session, "x")
            first.leave()
            inBackground { println("nobody sees this") }.get()
            val second = connectNrepl()
            second.attach(session)
            inBackground { println("but this") }.get()
            second.next()!!["out"] shouldBe "but this\n"
        }

        test("the id alone is worth nothing: it has to be the same user, or root") {
            val mayHave = KeptSessions::class.java.getDeclaredMethod("mayHave", PeerCredentials::class.java, PeerCredentials::class.java)
            mayHave.isAccessible = true
            val may = { owner: PeerCredentials, peer: PeerCredentials -> mayHave.invoke(null, owner, peer) as Boolean }
            val uid = { id: Long -> PeerCredentials(1, id, listOf(id)) }
            val certificate = { name: String -> PeerCredentials(-1, -1, emptyList(), name) }
            may(uid(1000), uid(1000)) shouldBe true
            may(uid(1000), uid(0)) shouldBe true
            may(uid(0), uid(0)) shouldBe true
            may(uid(0), uid(1000)) shouldBe false
            may(uid(1000), uid(1001)) shouldBe false
            may(uid(-1), uid(-1)) shouldBe false
            may(uid(1000), uid(-1)) shouldBe false
            may(certificate("CN=a"), certificate("CN=a")) shouldBe true
            may(certificate("CN=a"), certificate("CN=b")) shouldBe false
            may(certificate("CN=a"), uid(1000)) shouldBe false
            may(uid(1000), certificate("CN=a")) shouldBe false
            may(certificate("CN=a"), uid(0)) shouldBe true
        }

        test("a session that somebody is connected to, or that there never was, cannot be had") {
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.eval(session, "x")
            for (id in listOf(session, "none")) {
                val answer = connectNrepl().attach(id)
                answer["status"] shouldBe listOf("error", "unknown-session", "done")
                answer["err"].toString() shouldContain "sessions()"
            }
            connectNrepl().ask("op" to "manhole/attach-session").statuses shouldContain "unknown-session"
            first.eval(session, "y").text("value") shouldBe "y"
        }

        test("sessions() lists who was left, and kick(n) ends what connection n has left") {
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.eval(session, "x")
            first.leave()
            val other = connect().greeted()
            other.eval("sessions()").lines().single { session in it } shouldMatch
                Regex("""\s+1 .*nrepl\s+gone; $session stays for 5\d\.\d s; idle""")
            FakeRepl.actions["kick"] = { context -> context.commands().single { it.name() == "kick" }.action().accept(listOf(1L)) }
            other.eval("run kick") shouldContain "connection 1 was gone already; the session that it left behind ended"
            events.awaitLine("ended 1")
            other.eval("sessions()") shouldNotContain session
        }

        test("a connection that is kicked leaves nothing behind") {
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.eval(session, "x")
            FakeRepl.actions["kick"] = { context -> context.commands().single { it.name() == "kick" }.action().accept(listOf(1L)) }
            connect().greeted().eval("run kick") shouldContain "connection 1, of"
            events.awaitLine("closed 1")
            connectNrepl().attach(session)["status"] shouldBe listOf("error", "unknown-session", "done")
            events.lines.none { it.startsWith("kept") } shouldBe true
        }

        test("no more than eight are kept") {
            install()
            val client = connectNrepl()
            repeat(10) { client.eval(client.keptSession(), "x") }
            client.leave()
            events.lines.count { it.startsWith("kept 1") } shouldBe 8
            FakeRepl.closed shouldBe 2
        }

        test("closing the manhole ends them, and what they evaluate") {
            val started = FakeRepl.waits()
            install().use {
                val client = connectNrepl()
                val busy = client.keptSession()
                client.eval(client.keptSession(), "x")
                client.send("op" to "eval", "code" to "run wait", "session" to busy, "id" to "1")
                started.await(30, TimeUnit.SECONDS) shouldBe true
                client.leave()
            }
            threads("manhole-").shouldBeEmpty()
            FakeRepl.closed shouldBe 2
            events.lines.count { it.startsWith("ended 1") } shouldBe 2
        }

        test("a manhole that is open for one client keeps nothing: nobody could come back") {
            val manhole = install { thread(false) }
            val served = inBackground { manhole.handleOneshot() }
            events.awaitLine("listening")
            val client = connectNrepl()
            client.ask("op" to "clone", "manhole/keep" to 60L, "id" to "c").single()["manhole/keep"] shouldBe 0L
            client.close()
            served.get(30, TimeUnit.SECONDS) shouldBe true
            threads("manhole-eval").shouldBeEmpty()
        }

        test("a client that closes its sending half has left: what it did not get it gets when it comes back") {
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.send("op" to "eval", "code" to "let x 5", "session" to session, "id" to "1")
            first.send("op" to "eval", "code" to "x plus 1", "session" to session, "id" to "2")
            first.endInput()
            val got = generateSequence { first.next() }.toList()
            events.awaitLine("evaluated 1 x plus 1: value")
            val second = connectNrepl()
            second.attach(session)
            second.send("op" to "eval", "code" to "x plus 2", "session" to session, "id" to "z")
            val rest = ArrayList<Map<String, Any>>()
            while (rest.lastOrNull()?.let { it["id"] == "z" && "done" in it.status } != true) rest += second.next()!!
            (got + rest).text("value") shouldBe "67"
        }

        test("a session that ends by itself while it is kept is forgotten") {
            val started = CountDownLatch(1)
            val go = CountDownLatch(1)
            FakeRepl.actions["leave"] = {
                started.countDown()
                go.await()
                it.commands().single { command -> command.name() == "exit" }.action().accept(emptyList())
            }
            install()
            val first = connectNrepl()
            val session = first.keptSession()
            first.send("op" to "eval", "code" to "run leave", "session" to session, "id" to "1")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            first.leave()
            go.countDown()
            events.awaitLine("ended 1")
            awaitThat { threads("manhole-kept").isEmpty() }
            connectNrepl().attach(session)["status"] shouldBe listOf("error", "unknown-session", "done")
        }

        test("the audit log tells what stayed, who went back, and what ended; and no id that would let anybody in") {
            val log = testFolder.resolve("audit.log")
            install { audit(log) }
            val first = connectNrepl()
            val session = first.keptSession()
            first.eval(session, "x")
            first.leave()
            connectNrepl().use { it.attach(session, "manhole/keep" to 1L) }
            events.awaitLine("ended 2")
            awaitThat({ "${log.readLines()}" }) { log.readLines().any { "session-ended" in it } }
            val lines = log.readLines().map { it.substringAfter(" process=").substringAfter(' ').replace(Regex(" pid=.* uid=\\d+"), "") }
            lines.filter { "session" in it } shouldContainExactly
                listOf(
                    "session-kept connection=1 seconds=60",
                    "session-attached connection=2 earlier=1",
                    "session-kept connection=2 seconds=1",
                    "session-ended connection=2",
                )
            log.readLines().none { session.take(8) in it } shouldBe true
        }
    }
}

private fun Map<String, Any>.statuses() = listOf(this).statuses
