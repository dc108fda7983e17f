package io.manhole

import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldNotContain
import io.kotest.matchers.maps.shouldContain
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.FakeRepl
import io.manhole.testing.ManholeSpec
import io.manhole.testing.NreplClient
import io.manhole.testing.status
import io.manhole.testing.statuses
import io.manhole.testing.text
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

class NreplDialectSpec : ManholeSpec() {
    init {
        test("describe names the operations, the versions and who is at this end") {
            install()
            val described = connectNrepl().ask("op" to "describe", "id" to "1").single()
            (described["ops"] as Map<*, *>).keys.map { it.toString() } shouldContainAll
                listOf("describe", "clone", "close", "ls-sessions", "eval", "load-file", "interrupt", "stdin")
            (described["aux"] as Map<*, *>)["manhole/pid"] shouldBe ProcessHandle.current().pid()
            (described["aux"] as Map<*, *>)["manhole/engine"] shouldBe "fake"
            described["id"] shouldBe "1"
        }

        test("a verbose describe tells what each operation does and takes, another one only their names") {
            install()
            val client = connectNrepl()
            val ops = { verbose: Any ->
                val answer = client.ask("op" to "describe", "verbose?" to verbose).single()["ops"] as Map<*, *>
                answer.entries.associate { (name, op) -> name.toString() to (op as Map<*, *>).mapKeys { it.key.toString() } }
            }
            for (yes in listOf("1", "true", 1L, listOf("x"))) {
                val told = ops(yes)
                told.values.forEach { it.keys.toList() shouldContainExactly listOf("doc", "optional", "requires", "returns") }
                (told.getValue("eval")["requires"] as Map<*, *>).keys.map { it.toString() } shouldContainExactly listOf("code")
            }
            for (no in listOf("", "0", "false", 0L, listOf<Any>())) {
                ops(no).values.forEach { it shouldBe emptyMap() }
            }
            client.ask("op" to "describe").single()["versions"].toString() shouldContain "nrepl"
        }

        test("every operation that describe names is known, and answered with done") {
            install()
            val client = connectNrepl()
            val ops = (client.ask("op" to "describe").single()["ops"] as Map<*, *>).keys.map { it.toString() }
            for (op in ops) client.ask("op" to op, "id" to op).statuses shouldNotContain "unknown-op"
        }

        test("an id may be of any kind, and responses bear it as it came") {
            val started = FakeRepl.waits()
            install()
            val client = connectNrepl()
            client.ask("op" to "eval", "code" to "x", "id" to 7L).forEach { it["id"] shouldBe 7L }
            client.ask("op" to "describe", "id" to listOf("a", 1L)).single()["id"] shouldBe listOf("a", 1L)
            client.send("op" to "eval", "code" to "run wait", "id" to 8L)
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.ask("op" to "interrupt", "interrupt-id" to "8", "id" to 9L).statuses shouldContain "interrupt-id-mismatch"
            client.send("op" to "interrupt", "interrupt-id" to 8L, "id" to 10L)
            (client.until() + client.until()).filter { it["id"] == 8L }.statuses shouldContain "interrupted"
        }

        test("a value is cut at the client's quota, and a status says so") {
            install()
            val client = connectNrepl()
            val quota = "nrepl.middleware.print/quota"
            val cut = client.ask("op" to "eval", "code" to "0123456789", quota to 8L, "id" to "1")
            cut[0] shouldBe
                mapOf(
                    "id" to "1",
                    "value" to "01234567",
                    "manhole/type" to "String",
                    "status" to listOf("nrepl.middleware.print/truncated"),
                    "nrepl.middleware.print/truncated-keys" to listOf("value"),
                )
            cut[1].status shouldContainExactly listOf("done")
            client.ask("op" to "eval", "code" to "0123456789", quota to 10L).let {
                it.text("value") shouldBe "0123456789"
                it.statuses shouldContainExactly listOf("done")
            }
            client.ask("op" to "eval", "code" to "x", quota to 0L).let {
                it[0]["value"] shouldBe ""
                it.statuses shouldContain "nrepl.middleware.print/truncated"
            }
            val long = "x".repeat(100_000)
            val most = client.ask("op" to "eval", "code" to long, quota to 1_000_000L)
            most.text("value") shouldBe "x".repeat(65_536)
            most.statuses shouldContain "nrepl.middleware.print/truncated"
            client.ask("op" to "eval", "code" to long).let {
                it.text("value") shouldContain "cut after 65536 chars"
                it.statuses shouldContainExactly listOf("done")
            }
            client.ask("op" to "eval", "code" to "x", quota to -1L).statuses shouldContainExactly listOf("done")
        }

        test("an evaluation answers with its value, its output as it is printed, and done, all under its id") {
            val go = CountDownLatch(1)
            FakeRepl.actions["print"] = {
                print("before ")
                go.await()
                System.err.print("trouble")
                "result"
            }
            install()
            val client = connectNrepl()
            val session = client.newSession()
            client.send("op" to "eval", "code" to "run print", "session" to session, "id" to "7")
            client.next() shouldBe mapOf("id" to "7", "session" to session, "out" to "before ")
            go.countDown()
            val rest = client.until()
            rest.text("err") shouldBe "trouble"
            rest.text("value") shouldBe "result"
            rest.forEach { it.entries.map { e -> e.key to e.value } shouldContainAll listOf("id" to "7", "session" to session) }
        }

        test("characters are never cut in two between messages") {
            FakeRepl.actions["bytes"] = { "ä€😀".toByteArray().forEach { System.out.write(it.toInt()) } }
            install()
            val answers = connectNrepl().ask("op" to "eval", "code" to "run bytes", "id" to "1")
            answers.mapNotNull { it["out"] } shouldContainExactly listOf("ä", "€", "😀")
        }

        test("each outcome has the statuses of the protocol") {
            FakeRepl.actions["fail"] = { throw IllegalStateException("x", java.io.IOException("root")) }
            install()
            val client = connectNrepl()
            client.ask("op" to "eval", "code" to "nothing").statuses shouldContainExactly listOf("done")
            client.ask("op" to "eval", "code" to "begin").statuses shouldContainExactly
                listOf("eval-error", "manhole/incomplete", "done")
            val rejected = client.ask("op" to "eval", "code" to "reject")
            rejected.statuses shouldContainExactly listOf("eval-error", "manhole/rejected", "done")
            rejected.text("err") shouldStartWith "1:3: error: no such word\n"
            val failed = client.ask("op" to "eval", "code" to "run fail")
            failed.statuses shouldContainExactly listOf("eval-error", "done")
            failed.text("ex") shouldBe "java.lang.IllegalStateException"
            failed.text("root-ex") shouldBe "java.io.IOException"
            failed.text("err") shouldStartWith "java.lang.IllegalStateException: x\n"
        }

        test("load-file evaluates the text of a file") {
            install()
            connectNrepl().ask("op" to "load-file", "file" to "text", "file-name" to "a.kts").text("value") shouldBe "text"
        }

        test("sessions are listed, used by several requests, and closed") {
            install()
            val client = connectNrepl()
            val first = client.newSession()
            val second = client.newSession()
            client.ask("op" to "ls-sessions").single()["sessions"] shouldBe listOf(first, second)
            client.ask("op" to "close", "session" to first).statuses shouldContainExactly listOf("done", "session-closed")
            client.ask("op" to "ls-sessions").single()["sessions"] shouldBe listOf(second)
            client.ask("op" to "eval", "code" to "x", "session" to first).statuses shouldContainExactly
                listOf("error", "unknown-session", "done")
            client.ask("op" to "eval", "code" to "x", "session" to second).text("value") shouldBe "x"
        }

        test("what waits behind exit(), or in a session that is closed, is answered all the same") {
            val started = FakeRepl.waits()
            install()
            val client = connectNrepl()
            val first = client.newSession()
            client.send("op" to "eval", "code" to "run wait", "session" to first, "id" to "1")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.send("op" to "eval", "code" to "x", "session" to first, "id" to "2")
            client.send("op" to "close", "session" to first, "id" to "3")
            val closed = (1..3).flatMap { client.until() }
            closed.filter { it["id"] == "1" }.statuses shouldContainExactly listOf("interrupted", "eval-error", "done")
            closed.filter { it["id"] == "2" }.statuses shouldContainExactly listOf("interrupted", "session-closed", "done")
            closed.filter { it["id"] == "3" }.statuses shouldContainExactly listOf("done", "session-closed")

            val go = CountDownLatch(1)
            FakeRepl.actions["leave"] = {
                go.await()
                it.commands().single { command -> command.name() == "exit" }.action().accept(emptyList())
            }
            val second = client.newSession()
            client.send("op" to "eval", "code" to "run leave", "session" to second, "id" to "4")
            repeat(3) { client.send("op" to "eval", "code" to "x", "session" to second, "id" to "behind $it") }
            client.ask("op" to "ls-sessions", "id" to "5").single()["sessions"] shouldBe listOf(second)
            go.countDown()
            val left = (1..4).flatMap { client.until() }
            left.filter { it["id"] == "4" }.statuses shouldContainExactly listOf("done", "session-closed")
            left.filter { it["id"] != "4" }.statuses.toSet() shouldBe setOf("interrupted", "session-closed", "done")
            client.ask("op" to "ls-sessions").single()["sessions"] shouldBe emptyList<Any>()
        }

        test("an unknown session is told so whatever the operation, and none is opened for it") {
            install()
            val client = connectNrepl()
            for (op in listOf(
                "describe",
                "clone",
                "close",
                "ls-sessions",
                "eval",
                "interrupt",
                "stdin",
                "lookup",
                "manhole/dump",
                "brew",
            )) {
                client.ask("op" to op, "session" to "none", "id" to "1").single() shouldBe
                    mapOf("id" to "1", "session" to "none", "status" to listOf("error", "unknown-session", "done"))
            }
            client.ask("op" to "eval", "code" to "x", "session" to 5L).statuses shouldContain "unknown-session"
        }

        test("interrupting or closing a session that was never used opens none") {
            install()
            val client = connectNrepl()
            client.ask("op" to "interrupt").statuses shouldContainExactly listOf("session-idle", "done")
            client.ask("op" to "manhole/abandon").statuses shouldContainExactly listOf("session-idle", "done")
            client.ask("op" to "close").statuses shouldContainExactly listOf("done", "session-closed")
            Thread.getAllStackTraces().keys.map { it.name }.filter { it.startsWith("manhole-eval-") }.shouldBeEmpty()
        }

        test("input that nobody reads is refused at some time") {
            install { dialect(Dialect.NREPL) } // it takes a while to write the first message
            val client = connectNrepl()
            val megabytes = "x".repeat(3 shl 20)
            val statuses = (1..7).map { client.ask("op" to "stdin", "stdin" to megabytes).single().status }
            statuses.first() shouldContainExactly listOf("done")
            statuses.last() shouldContainExactly listOf("error", "manhole/stdin-full", "done")
            client.ask("op" to "eval", "code" to "x").text("value") shouldBe "x"
        }

        test("exit() ends its session, and the connection goes on") {
            install()
            val client = connectNrepl()
            val session = client.newSession()
            client.ask("op" to "eval", "code" to "exit()", "session" to session).statuses shouldContainExactly
                listOf("done", "session-closed")
            client.ask("op" to "eval", "code" to "x").text("value") shouldBe "x"
        }

        test("every outcome of an interrupt is told") {
            val started = FakeRepl.waits()
            install()
            val client = connectNrepl()
            val session = client.newSession()
            client.ask("op" to "interrupt", "session" to session).statuses shouldContainExactly listOf("session-idle", "done")
            client.send("op" to "eval", "code" to "run wait", "session" to session, "id" to "7")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.ask("op" to "interrupt", "session" to session, "interrupt-id" to "6", "id" to "8").statuses shouldContainExactly
                listOf("error", "interrupt-id-mismatch", "done")
            client.send("op" to "interrupt", "session" to session, "interrupt-id" to "7", "id" to "9")
            val answers = client.until() + client.until()
            answers.filter { it["id"] == "9" }.statuses shouldContainExactly listOf("interrupted", "done")
            answers.filter { it["id"] == "7" }.statuses shouldContainExactly listOf("interrupted", "eval-error", "done")
            client.ask("op" to "eval", "code" to "x", "session" to session).text("value") shouldBe "x"
        }

        test("what was interrupted before it began cannot be interrupted again once its end is told") {
            val started = FakeRepl.waits()
            val told = CountDownLatch(1)
            val goOn = CountDownLatch(1)
            install {
                listener(
                    object : ManholeListener {
                        override fun evaluated(connection: Long, peer: PeerCredentials, text: String, outcome: String, duration: Duration) {
                            if (text != "late") return
                            told.countDown()
                            goOn.await(30, TimeUnit.SECONDS)
                        }
                    },
                )
            }
            val client = connectNrepl()
            val session = client.newSession()
            client.send("op" to "eval", "code" to "run wait", "session" to session, "id" to "1")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.send("op" to "eval", "code" to "late", "session" to session, "id" to "2")
            client.send("op" to "interrupt", "session" to session, "id" to "3")
            told.await(30, TimeUnit.SECONDS) shouldBe true
            client.send("op" to "interrupt", "session" to session, "id" to "4")
            val answers = client.until() + client.until() + client.until()
            answers.filter { it["id"] == "4" }.statuses shouldContainExactly listOf("session-idle", "done")
            goOn.countDown()
            client.until().filter { it["id"] == "2" }.statuses shouldContainExactly listOf("interrupted", "eval-error", "done")
        }

        test("an evaluation that reads System.in asks for input and gets it; an empty text is the end of the file") {
            FakeRepl.actions["read"] = { readlnOrNull() ?: "end" }
            install()
            val client = connectNrepl()
            client.send("op" to "eval", "code" to "run read", "id" to "1")
            client.next()!!.status shouldContainExactly listOf("need-input")
            client.send("op" to "stdin", "stdin" to "typed\n", "id" to "2")
            (client.until() + client.until()).text("value") shouldBe "typed"
            client.ask("op" to "stdin", "stdin" to "")
            client.ask("op" to "eval", "code" to "run read").text("value") shouldBe "end"
        }

        test("completeness is told without evaluating") {
            install()
            val client = connectNrepl()
            client.ask("op" to "manhole/check", "code" to "begin").single() shouldContain ("manhole/complete" to 0L)
            client.ask("op" to "manhole/check", "code" to "begin end").single() shouldContain ("manhole/complete" to 1L)
        }

        test("the stack dump is at hand") {
            install()
            connectNrepl().ask("op" to "manhole/dump").text("manhole/dump") shouldContain "######### ProcessID="
        }

        test("unknown operations and missing fields are answered as the standard says") {
            install()
            val client = connectNrepl()
            client.ask("op" to "brew", "id" to "1").single() shouldBe
                mapOf("id" to "1", "op" to "brew", "status" to listOf("error", "unknown-op", "done"))
            client.ask("id" to "1").single().status shouldContainExactly listOf("error", "unknown-op", "done")
            client.ask("op" to "eval").single().status shouldContainExactly listOf("error", "no-code", "done")
            client.ask("op" to "stdin").single().status shouldContainExactly listOf("error", "no-stdin", "done")
            client.ask("op" to "eval", "code" to 5).single().status shouldContainExactly listOf("error", "no-code", "done")
        }

        listOf(
            "a length beyond every limit" to "d2:op99999999999:x",
            "a negative length" to "d2:op-5:xe",
            "a message beyond the limit" to "d2:op5000000:",
            "nesting without end" to "d2:op" + "l".repeat(10_000),
            "bytes that are no bencode" to "d2:op!!",
        ).forEach { (what, bytes) ->
            test("$what is answered with an error and the end of the connection") {
                install { maxInputBytes(100_000) }
                val client = connectNrepl()
                client.send(bytes)
                val answer = client.until().single()
                answer.status shouldContainExactly listOf("error", "done")
                (answer["err"] as String) shouldStartWith "manhole: "
                client.next().shouldBeNull()
                connectNrepl().ask("op" to "eval", "code" to "x").text("value") shouldBe "x"
            }
        }

        test("a message that is cut off ends the connection") {
            install()
            val client = connectNrepl()
            client.send("d2:op4:ev")
            client.endInput()
            client.next().shouldBeNull()
        }

        test("a half-closed client gets all its answers") {
            install()
            val client = connectNrepl()
            val session = client.newSession()
            repeat(3) { client.send("op" to "eval", "code" to "v$it", "session" to session, "id" to "$it") }
            client.endInput()
            generateSequence { client.next() }.toList().text("value") shouldBe "v0v1v2"
        }

        test("a client that hangs up takes the evaluations of all its sessions with it") {
            val started = FakeRepl.waits(2)
            install()
            val client = connectNrepl()
            repeat(2) { client.send("op" to "eval", "code" to "run wait", "session" to client.newSession()) }
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.close()
            events.awaitLine("closed 1")
            FakeRepl.closed shouldBe 2
        }

        test("a client whose first word comes late is greeted in plain, unless the dialect is fixed") {
            install { dialect(Dialect.NREPL) }
            val late: NreplClient = connectNrepl()
            events.awaitLine("accepted 1")
            late.ask("op" to "eval", "code" to "x").text("value") shouldBe "x"
        }

        test("a line that only begins like a dictionary is plain") {
            install()
            val client = connect()
            client.send("d1\n")
            client.greeted()
            client.readUntil(">>> ") shouldBe "d1\n>>> "
        }

        test("with the plain dialect fixed, bencode is text") {
            install { dialect(Dialect.PLAIN) }
            val client = connect().greeted()
            client.eval("d2:op8:describee") shouldBe "d2:op8:describee\n"
        }
    }
}
