package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.inspectors.forAll
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldMatch
import io.manhole.testing.FakeRepl
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient
import io.manhole.testing.Programs
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.requireTools
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.util.ResourceBundle
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.TimeUnit
import kotlin.io.path.createSymbolicLinkPointingTo
import kotlin.io.path.exists
import kotlin.io.path.readLines
import kotlin.io.path.readText
import kotlin.io.path.writeText

class AuditSpec : ManholeSpec() {
    private val log: Path get() = testFolder.resolve("audit.log")

    /** Every line begins with the time and this process. */
    private val start = """20\S+Z process=${ProcessHandle.current().pid()} """

    private fun Path.awaitLines(count: Int): List<String> {
        awaitThat({ "not $count lines: ${readLines()}" }) { readLines().size >= count }
        return readLines()
    }

    private fun Path.mode(mode: String) = apply { Files.setPosixFilePermissions(this, PosixFilePermissions.fromString(mode)) }

    private fun Path.mode() = PosixFilePermissions.toString(Files.getPosixFilePermissions(this))

    private fun refusal(path: Path): String {
        val message = shouldThrow<IOException> { install { audit(path) } }.message!!
        socket.exists() shouldBe false
        return message
    }

    init {
        test("a connection and its evaluations are a line each, with who, what came of it, how long it took, and no source") {
            install { audit(log) }
            log.mode() shouldBe "rw-------"
            connect().use {
                it.greeted()
                it.eval("secret")
                it.eval("reject")
                it.send("exit()\n")
                it.readToEnd()
            }
            val lines = log.awaitLines(5)
            val who = """connection=1 pid=${ProcessHandle.current().pid()} uid=\d+"""
            lines[0] shouldMatch Regex("${start}accepted $who")
            lines[1] shouldMatch Regex("${start}evaluated $who outcome=value micros=\\d+ length=6")
            lines[2] shouldMatch Regex("${start}evaluated $who outcome=rejected micros=\\d+ length=6")
            lines[3] shouldMatch Regex("${start}evaluated $who outcome=exit micros=\\d+ length=6")
            lines[4] shouldMatch Regex("${start}closed $who")
            lines shouldHaveSize 5
        }

        test("with auditSource the source is there, on one line that nothing in it can end") {
            install { audit(log).auditSource(true) }
            val forged = "begin \" \\ \u001b[2J\u2028\r\n2026-11-21T00:00:00Z process=1 accepted connection=2 pid=1 uid=0\nend"
            connectNrepl().use { it.ask("op" to "eval", "code" to forged, "id" to "1") }
            val lines = log.awaitLines(3)
            lines shouldHaveSize 3
            lines.forAll { it shouldMatch Regex("$start.*connection=1 .*") }
            lines[1] shouldEndWith
                "length=${forged.length} source=\"begin \\\" \\\\ \\u001b[2J\\u2028\\r\\n" +
                "2026-11-21T00:00:00Z process=1 accepted connection=2 pid=1 uid=0\\nend\""
        }

        test("of a long source the beginning is kept") {
            install { audit(log).auditSource(true) }
            connect().use { it.greeted().eval("x".repeat(100_000)) }
            val line = log.awaitLines(2)[1]
            line shouldContain "length=100000 source=\"xxx"
            line shouldEndWith "x\"..."
            line.length shouldBe line.indexOf("source=") + "source=\"\"...".length + 4096
        }

        test("a rejected client is a line with the reason") {
            val lines = ArrayList<String>()
            val audit = AuditLog({ lines += it }, false, Listeners(emptyList()))
            audit.rejected(PeerCredentials(-1, 1001, emptyList()), "you are \"uid\"\n1001")
            lines.single() shouldMatch Regex("${start}rejected pid=. uid=1001 reason=\"you are \\\\\"uid\\\\\"\\\\n1001\"")
        }

        test("lines are appended to what is there, and a file that was renamed meanwhile is made anew") {
            log.writeText("before\n")
            log.mode("rw-r-----")
            install { audit(log) }
            connect().use { it.greeted() }
            log.awaitLines(3)[0] shouldBe "before"
            log.mode() shouldBe "rw-r-----"
            val rotated = Files.move(log, testFolder.resolve("audit.log.1"))
            connect().use { it.greeted() }
            awaitThat { log.exists() }
            log.awaitLines(2)[0] shouldContain "accepted connection=2"
            rotated.readLines() shouldHaveSize 3
        }

        test("a file that must not be the log fails at install, and is left alone") {
            val target = testFolder.resolve("target").apply { writeText("precious") }.mode("rw-------")
            log.createSymbolicLinkPointingTo(target)
            refusal(log) shouldContain "$log, which is not a regular file"
            refusal(Files.createDirectory(testFolder.resolve("folder"))) shouldContain "is not a regular file"
            refusal(testFolder.resolve("nowhere/audit.log")) shouldContain "its folder does not exist"
            refusal(Files.createLink(testFolder.resolve("link"), target)) shouldContain "has 2 names"
            for (mode in listOf("rw-rw----", "rw-r--r--", "rw-----w-")) {
                val open = testFolder.resolve("open$mode").apply { writeText("") }.mode(mode)
                refusal(open) shouldContain "which lets others read or write it; chmod 600"
            }
            target.readText() shouldBe "precious"
        }

        test("a pipe is refused at once, without waiting for its reader").config(enabledOrReasonIf = requireTools("mkfifo")) {
            val pipe = testFolder.resolve("pipe")
            Programs.run("mkfifo", "$pipe").status shouldBe 0
            refusal(pipe) shouldContain "is not a regular file"
        }

        test("a log that cannot be written later is reported once, and disturbs nothing") {
            install { audit(log) }
            Files.delete(log)
            Files.createDirectory(log)
            connect().use { it.greeted().eval("text") shouldBe "text\n" }
            events.awaitLine("closed 1")
            events.lines.count { it.startsWith("failed writing the audit log") } shouldBe 1
            Files.delete(log)
            connect().use { it.greeted() }
            awaitThat { log.exists() }
        }

        test("an interrupt pending on the evaluating thread costs no line") {
            val audit = AuditFile(log)
            audit.check()
            Thread.currentThread().interrupt()
            audit.line("line")
            Thread.interrupted() shouldBe true
            log.readLines() shouldBe listOf("line")
        }

        test("a logger gets the same lines") {
            val lines = ConcurrentLinkedQueue<String>()
            val logger =
                object : System.Logger {
                    override fun getName() = "audit"

                    override fun isLoggable(level: System.Logger.Level) = true

                    override fun log(level: System.Logger.Level, message: String) {
                        lines += "$level $message"
                    }

                    override fun log(level: System.Logger.Level, bundle: ResourceBundle?, message: String, thrown: Throwable?) = Unit

                    override fun log(level: System.Logger.Level, bundle: ResourceBundle?, format: String, vararg parameters: Any?) = Unit
                }
            install { audit(logger, System.Logger.Level.WARNING) }
            connect().use { it.greeted() }
            awaitThat { lines.any { "WARNING 20" in it && "accepted connection=1" in it } }
        }

        test("without the option nothing is written anywhere") {
            install()
            connect().use { it.greeted().eval("text") }
            log.exists() shouldBe false
        }

        test("sessions() shows what another evaluates, and kick() interrupts it") {
            val started = FakeRepl.waits()
            FakeRepl.actions["kick"] = { context ->
                context.commands().single { it.name() == "kick" }.action().accept(listOf(1L))
            }
            install { audit(log) }
            val one = connect().greeted()
            val other = closing(connectNrepl())
            one.send("run wait\n")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            val shown = other.ask("op" to "eval", "code" to "sessions()").joinToString("") { it["out"] as? String ?: "" }
            shown shouldContain Regex("""(?m)^ +1 +\d+ +\d+ +\S+ +plain +evaluating for [\d.]+ m?s: run wait$""")
            shown shouldContain Regex("""(?m)^\* +2 +\d+ +\d+ +\S+ +nrepl +evaluating for [\d.]+ m?s: sessions\(\)$""")
            other.ask("op" to "eval", "code" to "run kick")
            one.readToEnd() shouldBe ""
            events.awaitLine("evaluated 1 run wait: interrupted")
            events.awaitLine("closed 1")
        }

        for (jdk in Jdk.all) {
            test("an evaluation that the process does not outlive is in the log too, $jdk") {
                TargetJvm(jdk, "io.manhole.DiagnosticsTarget", arguments = listOf("$log")).use { target ->
                    target.awaitLine("installed")
                    target.tell("action")
                    target.awaitLine("done action")
                    PlainClient(target.socketPath).use {
                        it.greeted().send("run exit\n")
                        target.awaitEnd() shouldBe 3
                    }
                }
                log.readLines().last() shouldMatch
                    Regex("20.* evaluated connection=1 .* outcome=unfinished micros=\\d+ length=8 source=\"run exit\"")
            }
        }
    }
}
