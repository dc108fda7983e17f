package io.manhole.cli

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.core.test.TestCase
import io.kotest.engine.test.TestResult
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.testing.Ended
import io.manhole.testing.Jdk
import io.manhole.testing.TargetJvm
import io.manhole.testing.requireTools
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** Opening a dormant manhole from the client: with a signal that does no harm, or through the trigger file. */
class WakingProcessSpec : SocketTargetSpec() {
    private fun <T> withSleep(action: (Process) -> T): T {
        val sleep = ProcessBuilder("sleep", "60").start()
        return try {
            action(sleep)
        } finally {
            sleep.destroyForcibly().waitFor()
        }
    }

    private fun Ended.shouldBeOneLine(status: Int, vararg parts: String) {
        out shouldBe ""
        err.trimEnd('\n').lines() shouldHaveSize 1
        parts.forEach { err shouldContain it }
        this.status shouldBe status
    }

    private val two = Ended(0, "2\n", "")

    init {
        for (jdk in Jdk.all) {
            context("$jdk:") {
                test("-1 opens a manhole that waits for SIGUSR1, and finds it open the next time") {
                    target(jdk, "activateOn=USR1").use {
                        repeat(2) { _ -> Cli.run(jdk, "-1", "${it.pid}", "-e", "1+1") shouldBe two }
                    }
                }

                test("-s takes a name, with or without SIG, or a number") {
                    target(jdk, "oneshotOn=URG").use {
                        listOf("SIGURG", "urg", "23").forEach { signal ->
                            Cli.run(jdk, "${it.pid}", "-s", signal, "-e", "1+1") shouldBe two
                        }
                    }
                }

                test("the manhole that was woken is found at a path of its own choice, too") {
                    target(jdk, "oneshotOn=WINCH,socketPath=$folder/app.sock").use {
                        Cli.run(jdk, "${it.pid}", "-s", "WINCH", "-e", "1+1") shouldBe two
                    }
                }

                test("a signal that the process does not handle is not sent") {
                    target(jdk, "activateOn=URG").use {
                        Cli.run(jdk, "-1", "${it.pid}", "-e", "1+1").shouldBeOneLine(
                            6,
                            "SIGUSR1 was not sent to process ${it.pid} (java, a JVM)",
                            "does not handle the signal",
                            "it handles SIGURG",
                            "--force",
                        )
                        it.isAlive shouldBe true
                        Cli.run(jdk, "${it.pid}", "-s", "URG", "-e", "1+1") shouldBe two
                    }
                }

                test("signals that every JVM handles are not taken for a sign of a manhole") {
                    target(jdk, "activateOn=USR2").use {
                        Cli.run(jdk, "-2", "${it.pid}", "-e", "1+1").shouldBeOneLine(6, "SIGUSR2 was not sent", "every JVM", "--force")
                        Cli.run(jdk, "-s", "TERM", "${it.pid}", "-e", "1+1").shouldBeOneLine(6, "SIGTERM was not sent", "every JVM")
                        it.isAlive shouldBe true
                        Cli.run(jdk, "-2", "--force", "${it.pid}", "-e", "1+1") shouldBe two
                    }
                }

                test("the trigger file is written, and created, and the manhole that opens is entered") {
                    val file = folder.resolve("trigger")
                    target(jdk, "triggerFile=$file").use {
                        repeat(2) { _ ->
                            Cli.run(jdk, "${it.pid}", "--trigger-file", "$file", "-e", "1+1") shouldBe two
                            Files.readString(file) shouldBe "${it.pid}\n"
                        }
                    }
                }
            }
        }

        val jdk = Jdk.current

        test("a process that handles no signal is left alone, and told apart from a JVM") {
            withSleep {
                Cli.run(jdk, "-1", "${it.pid()}", "-e", "1+1").shouldBeOneLine(6, "(sleep, not a JVM): it does not handle", "--force")
                it.isAlive shouldBe true
            }
        }

        test("a process that is no JVM is left alone also if it handles the signal") {
            val shell = ProcessBuilder("sh", "-c", "trap : USR1; echo ready; read line").start()
            try {
                shell.inputStream.bufferedReader().readLine() shouldBe "ready"
                Cli.run(jdk, "-1", "${shell.pid()}", "-e", "1+1").shouldBeOneLine(6, "not a JVM): only a JVM can have a manhole")
                shell.isAlive shouldBe true
            } finally {
                shell.destroyForcibly().waitFor()
            }
        }

        test("--force sends it all the same; that the process has ended is noticed at once") {
            withSleep {
                val ended = Cli.run(jdk, "-1", "--force", "${it.pid()}", "-t", "1000", "-e", "1+1")
                ended.shouldBeOneLine(5, "process ${it.pid()} ended after SIGUSR1 was sent to it")
                it.waitFor(30, TimeUnit.SECONDS) shouldBe true
                it.exitValue() shouldBe 128 + Signal.USR1.number()
            }
        }

        test("nothing is sent where a manhole is open") {
            withSleep {
                val script = { connection: ScriptedConnection ->
                    connection.aux = mapOf("manhole/pid" to "${it.pid()}")
                    connection.serve()
                }
                ScriptedServer(Path.of("/tmp/manhole-${it.pid()}"), script).use { _ ->
                    Cli.run(jdk, "-1", "--force", "${it.pid()}", "-e", "1+1") shouldBe two
                    it.isAlive shouldBe true
                }
            }
        }

        test("nothing is sent where another's socket is in the place of the manhole") {
            withSleep {
                val squat = Files.createSymbolicLink(Path.of("/tmp/manhole-${it.pid()}"), folder.resolve("elsewhere"))
                try {
                    Cli.run(jdk, "-1", "--force", "${it.pid()}", "-e", "1+1").shouldBeOneLine(6, "a symbolic link to")
                    it.isAlive shouldBe true
                } finally {
                    Files.delete(squat)
                }
            }
        }

        test("a process that has got the id of another one meanwhile gets nothing") {
            withSleep {
                val now = TargetProcess.find("${it.pid()}").get()
                val before = TargetProcess(now.pid, now.name, now.user, now.pids, "1", now.caughtSignals)
                val waking = SignalWaking(before, Signal.USR1, TargetProcess.self().user, true)
                shouldThrow<ClientException> { waking.wake() }.message shouldContain "has ended; nothing was sent"
                it.isAlive shouldBe true
            }
        }

        test("another user's process gets nothing").config(enabledOrReasonIf = requireTools("setpriv")) {
            withSleep {
                Cli.run(jdk, "-1", "--force", "${it.pid()}", "-e", "1+1", uid = 12345).shouldBeOneLine(
                    6,
                    "SIGUSR1 was not sent",
                    "runs as user root, and you are uid 12345",
                )
                it.isAlive shouldBe true
            }
        }

        test("what is written to as a trigger file holds nothing but a number") {
            withSleep { sleep ->
                fun trigger(file: Path) = Cli.run(jdk, "${sleep.pid()}", "--trigger-file", "$file", "-t", "0.2", "-e", "1+1")

                val valuable = Files.writeString(folder.resolve("valuable"), "valuable\n")
                trigger(valuable).shouldBeOneLine(6, "$valuable holds something else than a process id; it was left alone")
                val long = Files.writeString(folder.resolve("long"), "1".repeat(100))
                trigger(long).shouldBeOneLine(6, "holds something else")
                val empty = Files.createFile(folder.resolve("empty"))
                trigger(Files.createSymbolicLink(folder.resolve("link"), empty)).shouldBeOneLine(6, "is no regular file")
                trigger(folder).shouldBeOneLine(6, "is no regular file")
                trigger(folder.resolve("no/such/file")).shouldBeOneLine(5, "there is no folder ${folder.resolve("no/such")}")
                Files.readString(valuable) shouldBe "valuable\n"
                Files.size(empty) shouldBe 0

                val stale = Files.writeString(folder.resolve("stale"), "123456789\n")
                trigger(stale).shouldBeOneLine(5, "no manhole opened within 0.2 s after its pid was written into $stale", "(sleep")
                Files.readString(stale) shouldBe "${sleep.pid()}\n"
            }
        }

        test("a wrong signal, two ways at once, or nobody to wake, is wrong usage") {
            val pid = "${ProcessHandle.current().pid()}"
            Cli.run(jdk, "-s", "FOO", pid).shouldBeOneLine(2, "there is no signal 'FOO'", "USR1")
            Cli.run(jdk, "-s", "64", pid).shouldBeOneLine(2, "there is no signal '64'")
            Cli.run(jdk, "-s", "KILL", pid).shouldBeOneLine(2, "no JVM hands out SIGKILL")
            Cli.run(jdk, "-1", "-2", pid).shouldBeOneLine(2, "only one of")
            Cli.run(jdk, "--force", pid).shouldBeOneLine(2, "--force is for")
            Cli.run(jdk, "-1", "$folder/socket").shouldBeOneLine(2, "need a PID", "$folder/socket")
        }
    }
}
