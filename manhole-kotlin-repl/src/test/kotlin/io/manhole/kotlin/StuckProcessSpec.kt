package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Jdk
import io.manhole.testing.NreplClient
import io.manhole.testing.PlainClient
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.statuses
import io.manhole.testing.text

/** A Kotlin session at a real process's socket, with an evaluation that waits for a lock of the application's. */
class StuckProcessSpec :
    FunSpec({
        for (jdk in Jdk.all) {
            test("on $jdk") {
                TargetJvm(jdk, StuckApplication::class.java.name).use { target ->
                    target.awaitLine("installed")
                    PlainClient(target.socketPath).use { client ->
                        client.greeted()
                        client.eval("var x = 5; class P(val a: Int, val b: String)") shouldBe ""
                        client.send("synchronized(lock) { while (true) x++ }\n")
                        awaitBlocked(target)
                        client.send(byteArrayOf(3))
                        client.readUntil("goes on\n") shouldMatch
                            "(?s)still running .*: thread \"manhole-eval-1\" at .*snippet.*, waiting for the lock java.lang.Object@.*, " +
                            "which thread \"main\" holds\n.*"
                        client.send(byteArrayOf(3))
                        client.readUntil(PlainClient.PROMPT) shouldContain "The session goes on"
                        client.eval("x + 1") shouldBe "6\n"
                        client.eval("show(listOf(P(1, \"one\"), P(2, \"two\")))") shouldContain "\n#  a  b\n0  1  one\n1  2  two\n"
                        client.eval("listOf(1, byteArrayOf(1, -1))") shouldBe "[1, byte[2] 01 ff]\n"
                        client.send("println(2); class E { override fun toString(): String { while (true) {} } }; E()\n")
                        client.readUntil("2\n")
                        client.send(byteArrayOf(3))
                        client.readUntil(PlainClient.PROMPT) shouldStartWith "interrupted"
                    }
                    NreplClient(target.socketPath).use { client ->
                        client.ask("op" to "eval", "code" to "val y = 7")
                        client.send("op" to "eval", "code" to "synchronized(lock) { 1 }", "id" to "1")
                        awaitBlocked(target)
                        client.send("op" to "interrupt", "id" to "2")
                        client.until("manhole/stuck").last()["id"] shouldBe "1"
                        client.send("op" to "manhole/abandon", "id" to "3")
                        (client.until() + client.until()).statuses shouldContain "manhole/abandoned"
                        client.ask("op" to "eval", "code" to "y").text("value") shouldBe "7"
                        client.ask("op" to "eval", "code" to "release.countDown()")
                        client.ask("op" to "eval", "code" to "synchronized(lock) { 2 }").text("value") shouldBe "2"
                    }
                }
            }
        }
    })

/** Until an evaluation waits for the lock. */
private fun awaitBlocked(target: TargetJvm) =
    PlainClient(target.socketPath).use { other ->
        other.greeted()
        awaitThat({ "nobody waits for the lock" }) { other.eval(IS_BLOCKED) == "true\n" }
    }

private const val IS_BLOCKED =
    "Thread.getAllStackTraces().keys.any { it.name.startsWith(\"manhole-eval\") && it.state == Thread.State.BLOCKED }"
