package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.manhole.repl.EvalResult
import io.manhole.repl.Evaluation
import io.manhole.repl.RecordingContext
import io.manhole.repl.ReplCommand
import java.net.InetAddress
import java.net.ServerSocket
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** Evaluations that no interrupt stops, in Kotlin: they are left behind, and the session keeps all that it had. */
class StuckEvaluationSpec :
    FunSpec({
        /** Leaves behind what the text begins, and sees that the session goes on. [free] lets the evaluation end. */
        fun leaveBehind(text: String, bindings: Map<String, Any?>, stuck: (Thread) -> Boolean, free: () -> Unit) {
            SharedSessions.open(RecordingContext(bindings)).use { session ->
                session.show("var x = 1; fun twice(n: Int) = 2 * n") shouldBe "nothing"
                val evaluation = Evaluation(session, text)
                evaluation.awaitThread(stuck)
                evaluation.interrupt()
                session.abandon(evaluation.thread) shouldBe true
                session.show("x += 4; twice(x)") shouldBe "10: Int"
                session.show("class Later(val n: Int); Later(3).n") shouldBe "3: Int"
                free()
                evaluation.await()
                session.show("x") shouldBe "5: Int"
                session.show("late") shouldBe "1:1 Unresolved reference 'late'."
                session.show("while (x < 1_000_000) x++; x") shouldBe "1000000: Int"
            }
        }

        test("waiting for a lock that the application holds") {
            val lock = Any()
            val release = CountDownLatch(1)
            val held = CountDownLatch(1)
            val holder =
                Thread {
                    synchronized(lock) {
                        held.countDown()
                        release.await()
                    }
                }.apply { start() }
            held.await(30, TimeUnit.SECONDS) shouldBe true
            val blocked = { thread: Thread -> thread.state == Thread.State.BLOCKED }
            leaveBehind("val late = 1; synchronized(lock) { while (true) x = -1 }", mapOf("lock" to lock), blocked) {
                release.countDown()
                holder.join()
            }
        }

        test("waiting for a lazy that another thread computes") {
            val release = CountDownLatch(1)
            val computing = CountDownLatch(1)
            val slow =
                lazy {
                    computing.countDown()
                    release.await()
                    1
                }
            val computer = Thread { slow.value }.apply { start() }
            computing.await(30, TimeUnit.SECONDS) shouldBe true
            val blocked = { thread: Thread -> thread.state == Thread.State.BLOCKED }
            leaveBehind("val late = slow.value; while (true) x = -1", mapOf("slow" to slow), blocked) {
                release.countDown()
                computer.join()
            }
        }

        test("reading from a socket that nobody writes to") {
            ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { server ->
                val text = "val late = java.net.Socket(server.inetAddress, server.localPort).getInputStream().read(); while (true) x = -1"
                val reading = { thread: Thread ->
                    thread.stackTrace.any { it.className == "java.net.Socket\$SocketInputStream" && it.methodName == "read" }
                }
                leaveBehind(text, mapOf("server" to server), reading) { server.accept().close() }
            }
        }

        test("what is left behind stops at its next turn, and the session's own loops do not") {
            val turns = CountDownLatch(1)
            SharedSessions.open(RecordingContext(mapOf("turns" to turns))).use { session ->
                val evaluation = Evaluation(session, "while (true) { turns.countDown() }")
                turns.await(60, TimeUnit.SECONDS) shouldBe true
                session.abandon(evaluation.thread) shouldBe true
                evaluation.await().shouldBeInstanceOf<EvalResult.Failed>()
                session.show("var n = 0; while (n < 1_000_000) n++; n") shouldBe "1000000: Int"
            }
        }

        test("a closed session stops what it left behind when it can") {
            val release = CountDownLatch(1)
            val waiting = CountDownLatch(1)
            val wait =
                ReplCommand("waitFor", emptyList(), "waits") {
                    waiting.countDown()
                    while (release.count > 0) runCatching { release.await() }
                }
            val session = SharedSessions.open(RecordingContext(commands = listOf(wait)))
            val evaluation = Evaluation(session, "waitFor(); while (true) {}")
            waiting.await(60, TimeUnit.SECONDS) shouldBe true
            session.abandon(evaluation.thread) shouldBe true
            session.close()
            release.countDown()
            evaluation.await().shouldBeInstanceOf<EvalResult.Failed>()
        }

        test("a command takes a value of any type") {
            val seen = ArrayList<Any?>()
            val note = ReplCommand("note", listOf(ReplCommand.Parameter("value", Any::class.java)), "notes") { seen += it[0] }
            SharedSessions.open(RecordingContext(commands = listOf(note))).use { session ->
                session.show("note(listOf(1)); note(2); note(null)") shouldBe "nothing"
            }
            seen shouldBe listOf(listOf(1), 2, null)
        }
    })
