package io.manhole

import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
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

        test("exit() ends its session, and the connection goes on") {
            install()
            val client = connectNrepl()
            val session = client.newSession()
            client.ask("op" to "eval", "code" to "exit()", "session" to session).statuses shouldContainExactly
                listOf("done", "session-closed")
            client.ask("op" to "eval", "code" to "x").text("value") shouldBe "x"
        }

        test("every outcome of an interrupt is told") {
            val started = CountDownLatch(1)
            FakeRepl.actions["wait"] = {
                started.countDown()
                CountDownLatch(1).await()
            }
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
            client.ask("op" to "brew", "id" to "1").single().status shouldContainExactly listOf("error", "unknown-op", "done")
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
            val started = CountDownLatch(2)
            FakeRepl.actions["wait"] = {
                started.countDown()
                CountDownLatch(1).await()
            }
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
