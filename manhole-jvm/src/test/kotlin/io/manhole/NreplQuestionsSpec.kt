package io.manhole

import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldNotContain
import io.kotest.matchers.shouldBe
import io.manhole.testing.FakeRepl
import io.manhole.testing.ManholeSpec
import io.manhole.testing.NreplClient
import io.manhole.testing.status
import io.manhole.testing.statuses
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

private fun Map<String, Any>.candidates(): List<Any?> =
    (this["completions"] as List<*>).map { (it as Map<*, *>).mapKeys { key -> key.key.toString() }["candidate"] }

private fun Map<String, Any>.info(): Map<String, Any?> = (this["info"] as Map<*, *>).mapKeys { it.key.toString() }

class NreplQuestionsSpec : ManholeSpec() {
    private fun NreplClient.completions(vararg fields: Pair<String, Any>) = ask("op" to "completions", *fields).single()

    init {
        test("describe lists completions and lookup") {
            install()
            val ops = connectNrepl().ask("op" to "describe").single()["ops"] as Map<*, *>
            ops.keys.map { it.toString() } shouldContainAll listOf("completions", "complete", "lookup")
        }

        test("a prefix is completed as the standard says: each candidate stands for the whole of it") {
            install { local("objects", listOf("one")) }
            val client = connectNrepl()
            val answer = client.completions("prefix" to "obj", "id" to "7")
            answer["id"] shouldBe "7"
            answer.status shouldContainExactly listOf("done")
            answer.candidates() shouldContainExactly listOf("objects")
            client.completions("prefix" to "objects.si").candidates() shouldContainExactly listOf("objects.size")
        }

        test("older clients' op and field are understood") {
            install { local("objects", listOf("one")) }
            connectNrepl().ask("op" to "complete", "symbol" to "obj").single().candidates() shouldContainExactly listOf("objects")
        }

        test("with the text and the cursor a candidate stands for the word at the cursor alone") {
            install { local("objects", listOf("one")) }
            val client = connectNrepl()
            val answer = client.completions("manhole/code" to "x = objects.si", "manhole/cursor" to 14L)
            answer.candidates() shouldContainExactly listOf("size")
            answer["manhole/start"] shouldBe 12L
            client.completions("manhole/code" to "x = objects.si", "manhole/cursor" to 7L).candidates() shouldContainExactly
                listOf("objects")
            client.completions("manhole/code" to "objects.si", "manhole/cursor" to 99_999L).candidates() shouldContainExactly listOf("size")
            client.completions("manhole/code" to "", "manhole/cursor" to -5L).candidates() shouldContain "objects"
        }

        test("a candidate says what it is") {
            install { local("objects", listOf("one")) }
            val answer = connectNrepl().completions("manhole/code" to "objects.siz")
            (answer["completions"] as List<*>).single() shouldBe
                mapOf("candidate" to "size", "type" to "function", "manhole/type" to "int")
        }

        test("a name is looked up in the session that is named") {
            install()
            val client = connectNrepl()
            val session = client.newSession()
            client.ask("op" to "eval", "code" to "let x 5", "session" to session)
            val found = client.ask("op" to "lookup", "sym" to "x", "session" to session, "id" to "9").single()
            found["id"] shouldBe "9"
            found["session"] shouldBe session
            found.info() shouldBe
                mapOf(
                    "name" to "x",
                    "arglists-str" to "let x",
                    "doc" to "Declared.",
                    "file" to "fake.txt",
                    "line" to 3L,
                    "manhole/kind" to "property",
                    "manhole/type" to "Int",
                )
            val missing = client.ask("op" to "lookup", "sym" to "y", "session" to session).single()
            missing.info() shouldBe emptyMap()
            missing.status shouldContainExactly listOf("no-info", "done")
        }

        test("what is missing is told") {
            install()
            val client = connectNrepl()
            client.ask("op" to "completions").statuses shouldContainExactly listOf("error", "no-prefix", "done")
            client.ask("op" to "lookup").statuses shouldContainExactly listOf("error", "no-sym", "done")
            client.ask("op" to "completions", "prefix" to "x", "session" to "none").statuses shouldContainExactly
                listOf("error", "unknown-session", "done")
        }

        test("they are answered while an evaluation runs") {
            val started = FakeRepl.waits()
            install()
            val client = connectNrepl()
            client.send("op" to "eval", "code" to "run wait", "id" to "1")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            client.completions("prefix" to "hel").candidates() shouldContain "help"
            client.ask("op" to "interrupt").statuses shouldContain "interrupted"
        }

        test("an engine that takes its time over them keeps nobody from interrupting, and one that fails costs an answer") {
            val asked = CountDownLatch(1)
            val go = CountDownLatch(1)
            FakeRepl.actions["complete"] = {
                asked.countDown()
                go.await()
                error("no completions today")
            }
            install()
            val client = connectNrepl()
            client.send("op" to "completions", "prefix" to "x", "id" to "1")
            asked.await(30, TimeUnit.SECONDS) shouldBe true
            client.ask("op" to "eval", "code" to "text", "id" to "2").statuses shouldNotContain "error"
            repeat(20) { client.send("op" to "completions", "prefix" to "x", "id" to "more $it") }
            client.until("manhole/busy").last().candidates() shouldBe emptyList()
            go.countDown()
            client.until("completion-error").last()["id"] shouldBe "1"
        }

        test("when the time is up the client is told so, and the engine's thread is free for the next") {
            FakeRepl.actions["complete"] = { CountDownLatch(1).await() }
            install()
            val client = connectNrepl()
            for (limit in listOf(1L, 100L, -1L)) {
                val late = client.completions("prefix" to "hel", "manhole/timeout" to limit)
                late.candidates() shouldBe emptyList()
                late.status shouldContainExactly listOf("manhole/timeout", "done")
            }
            FakeRepl.actions.remove("complete")
            client.completions("prefix" to "hel").candidates() shouldContain "help"
        }

        test("an engine that heeds no interrupt keeps no client waiting") {
            val asked = CountDownLatch(1)
            val go = CountDownLatch(1)
            FakeRepl.actions["complete"] = {
                asked.countDown()
                while (go.count > 0) runCatching { go.await() }
            }
            install()
            val client = connectNrepl()
            client.send("op" to "completions", "prefix" to "hel", "manhole/timeout" to 1_000L)
            asked.await(30, TimeUnit.SECONDS) shouldBe true
            client.until("manhole/timeout")
            repeat(40) {
                client.completions("prefix" to "hel", "manhole/timeout" to 1L).status shouldContainExactly
                    listOf("manhole/timeout", "done")
            }
            go.countDown()
            client.completions("prefix" to "hel").candidates() shouldContain "help"
        }

        test("a client that leaves is not waited for") {
            val asked = CountDownLatch(1)
            FakeRepl.actions["complete"] = {
                asked.countDown()
                CountDownLatch(1).await()
            }
            install()
            val client = connectNrepl()
            client.send("op" to "completions", "prefix" to "x")
            asked.await(30, TimeUnit.SECONDS) shouldBe true
            client.close()
            events.awaitLine("closed 1")
        }

        test("a half-closed client gets its answers") {
            install()
            val client = connectNrepl()
            client.send("op" to "completions", "prefix" to "hel", "id" to "1")
            client.endInput()
            generateSequence { client.next() }.single().candidates() shouldContain "help"
        }
    }
}
