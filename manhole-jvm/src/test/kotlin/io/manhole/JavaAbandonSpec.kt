package io.manhole

import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient

/** A Java session whose evaluation waits for a lock, in a process of its own. */
class JavaAbandonSpec : ManholeSpec() {
    private val modules = "java.base,java.management,java.prefs,jdk.jfr,jdk.jshell,jdk.management,jdk.net,jdk.unsupported"

    init {
        for (jdk in Jdk.all) {
            test("the session goes on without it, with all declarations, on $jdk") {
                val target = closing(EnginelessJvm(jdk, DiagnosticsTarget::class, listOf("--limit-modules", modules)))
                val client = target.connect().greeted()
                client.use {
                    client.eval(
                        "int x = 5; Object lock = new Object(); CountDownLatch held = new CountDownLatch(1), release = new CountDownLatch(1)",
                    )
                    client.eval(
                        "Thread t = new Thread(() -> { synchronized (lock) { held.countDown(); try { release.await(); } " +
                            "catch (InterruptedException e) { } } }, \"holder\"); t.start(); held.await()",
                    )
                    // One statement, so that nothing checks for interrupts between the two.
                    client.send("int late = 1; { System.out.println(1); synchronized (lock) { while (true) { } } }\n")
                    client.readUntil("1\n")
                    client.send(byteArrayOf(3))
                    client.readUntil("goes on\n") shouldMatch
                        "(?s).*waiting for the lock java.lang.Object@.*, which thread \"holder\" holds\n.*"
                    client.send(byteArrayOf(3))
                    client.readUntil(PlainClient.PROMPT) shouldContain "The session goes on"
                    client.eval("x + 1") shouldBe "6\n"
                    client.eval("late") shouldContain "cannot find symbol"
                    client.eval("release.countDown(); synchronized (lock) { x++; }")
                    client.eval("int n = 0; while (n < 1000000) n++")
                    client.eval("x + n") shouldBe "1000006\n"
                    client.eval("record P(int a, String b) { }")
                    client.eval("show(List.of(new P(1, \"one\"), new P(2, \"two\")))") shouldContain "\n#  a  b\n0  1  one\n1  2  two\n"
                    client.send("System.out.println(2); class E { public String toString() { while (true) { } } } new E()\n")
                    client.readUntil("2\n")
                    client.send(byteArrayOf(3))
                    client.readUntil(PlainClient.PROMPT) shouldStartWith "interrupted"
                }
            }
        }
    }
}
