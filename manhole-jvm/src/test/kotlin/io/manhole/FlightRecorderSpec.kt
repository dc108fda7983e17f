package io.manhole

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.core.test.Enabled
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.longs.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.manhole.testing.Jdk
import io.manhole.testing.Programs
import io.manhole.testing.awaitThat
import jdk.jfr.consumer.RecordedEvent
import jdk.jfr.consumer.RecordingFile
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.time.Duration
import kotlin.io.path.readLines

/** What a flight recording of a process shows of its manhole. */
class FlightRecorderSpec : FunSpec() {
    private fun start(jdk: Jdk, vararg jvmArguments: String, audit: Path? = null) =
        EnginelessJvm(jdk, DiagnosticsTarget::class, jvmArguments.toList(), listOfNotNull(audit?.toString()))

    /** The manhole's events, by name, as soon as there are as many. */
    private fun EnginelessJvm.recorded(connections: Int): List<RecordedEvent> {
        var events = emptyList<RecordedEvent>()
        var dumps = 0
        awaitThat({ "recorded: $events" }) {
            val file = folder.resolve("${dumps++}.jfr")
            tell("dump $file")
            events = RecordingFile.readAllEvents(file).filter { it.eventType.name.startsWith("manhole.") }
            events.named("Connection").size == connections
        }
        return events
    }

    private fun List<RecordedEvent>.named(name: String) = filter { it.eventType.name == "manhole.$name" }

    private fun EnginelessJvm.visit() =
        connect().use {
            it.greeted().eval("threads()")
            it.eval("nonsense")
            it.send("exit()\n")
            it.readToEnd()
        }

    init {
        for (jdk in Jdk.all) {
            context("$jdk") {
                test("connections and evaluations are events with their durations, and with who") {
                    start(jdk).use { target ->
                        target.tell("record")
                        target.visit()
                        val events = target.recorded(1)
                        val connection = events.named("Connection").single()
                        connection.getLong("pid") shouldBe ProcessHandle.current().pid()
                        connection.getLong("uid") shouldBe ProcessUser.current().uid()
                        connection.duration shouldNotBe Duration.ZERO
                        val evaluations = events.named("Evaluation").sortedBy { it.startTime }
                        evaluations.map { it.getString("outcome") to it.getInt("length") } shouldBe
                            listOf("no value" to 9, "rejected" to 8, "exit" to 6)
                        evaluations.map { it.getString("source") }.filterNotNull().shouldBeEmpty()
                        evaluations.map { it.getLong("connection") }.toSet() shouldBe setOf(connection.getLong("connection"))
                        evaluations.map { it.getLong("pid") }.toSet() shouldBe setOf(ProcessHandle.current().pid())
                        evaluations[0].duration.toMillis() shouldBeGreaterThan 150
                    }
                }

                test("a recording begun while a client is connected shows what it does from then on, and that it was there") {
                    start(jdk).use { target ->
                        target.connect().use {
                            it.greeted().eval("threads()")
                            target.tell("record")
                            it.eval("gc()")
                        }
                        val events = target.recorded(1)
                        events.named("Evaluation").map { it.getInt("length") } shouldBe listOf(4)
                    }
                }

                test("a recording that the virtual machine was started with has them too, with the source on request") {
                    val temporary = kotlin.io.path.createTempFile("manhole-test", ".jfr")
                    start(
                        jdk,
                        "-XX:StartFlightRecording=filename=$temporary",
                        audit = temporary.resolveSibling("${temporary.fileName}.audit"),
                    ).use {
                        it.visit()
                        it.jvm.tell("exit")
                        it.jvm.awaitEnd()
                        val events = RecordingFile.readAllEvents(temporary)
                        events.named("Evaluation").map { event -> event.getString("source") } shouldBe
                            listOf("threads()", "nonsense", "exit()")
                    }
                    temporary.resolveSibling("${temporary.fileName}.audit").toFile().delete()
                    temporary.toFile().delete()
                }

                test("a client that is turned away is an event").config(
                    enabledOrReasonIf = {
                        val lacking = Programs.lacking("setpriv", "nc") ?: if (Programs.isRoot) null else "only root can be another user"
                        if (lacking == null) Enabled.enabled else Enabled.disabled(lacking).also { println("SKIPPED: $lacking") }
                    },
                ) {
                    start(jdk).use { target ->
                        target.tell("record")
                        val socket = target.jvm.socketPath
                        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"))
                        Programs.run("setpriv", "--reuid=12345", "--clear-groups", "nc", "-NU", "$socket", stdin = "1+1\n")
                        target.visit()
                        val rejected = target.recorded(1).named("Rejected").single()
                        rejected.getLong("uid") shouldBe 12345
                        rejected.getString("reason") shouldBe "you are uid 12345; only root may connect"
                    }
                }

                test("without a recording the recorder is not started, and none of its classes is loaded but the one that is asked") {
                    start(jdk, "-Xlog:class+load:file=/tmp/manhole-test-classes-%p.log").use { target ->
                        val classes = Path.of("/tmp/manhole-test-classes-${target.jvm.pid}.log")
                        target.visit()
                        target.ask("dumpStackTraces()") shouldNotContain "JFR"
                        val loaded = classes.readLines().filter { " jdk.jfr." in it || "io.manhole.ConnectionEvent" in it }
                        withClue(loaded) { loaded.filterNot { " jdk.jfr.FlightRecorder " in it }.shouldBeEmpty() }
                        target.tell("recorder")
                        target.jvm.awaitLine("recorder is initialized: false")
                        classes.toFile().delete()
                    }
                }

                test("without the module jdk.jfr all goes as it does with it") {
                    start(jdk, "--limit-modules", "java.base,java.management,jdk.net").use { target ->
                        target.visit()
                        target.ask("nonsense") shouldContain "no engine"
                        target.jvm.output.filter { "Error" in it }.shouldBeEmpty()
                    }
                }
            }
        }
    }
}
