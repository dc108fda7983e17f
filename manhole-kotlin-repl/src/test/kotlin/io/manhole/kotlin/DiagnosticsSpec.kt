package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldStartWith
import io.manhole.Dialect
import io.manhole.Manhole
import io.manhole.ManholeOptions
import io.manhole.testing.NreplClient
import io.manhole.testing.RecordingListener
import io.manhole.testing.status
import io.manhole.testing.text
import java.nio.file.Files

/** The manhole's own commands are functions in Kotlin. */
class DiagnosticsSpec : FunSpec() {
    private val events = RecordingListener()

    private fun NreplClient.eval(code: String) = ask("op" to "eval", "code" to code, "id" to "1")

    private fun withClients(use: (NreplClient, NreplClient) -> Unit) {
        SharedSessions.open().close() // so that the compiler stays with the other specs
        val folder = Files.createTempDirectory("manhole-test")
        val options = ManholeOptions.builder().socketPath(folder.resolve("manhole.sock")).verbose(false)
        Manhole.install(options.dialect(Dialect.NREPL).listener(events).build()).use { manhole ->
            NreplClient(manhole.socketPath()).use { one -> NreplClient(manhole.socketPath()).use { other -> use(one, other) } }
        }
        folder.toFile().deleteRecursively()
    }

    init {
        test("commands are functions, with parameters by name, and usable within code") {
            withClients { client, _ ->
                client.eval("heapHistogram(3)").text("out") shouldMatch
                    Regex("""(?s) *# +instances +bytes +class\n *1 .*\n *2 .*\n *3 .*\n\.\.\. and \d+ more classes\nall: .*\n""")
                client.eval("heapHistogram(count = 1); if (1 < 2) threads()").text("out") shouldContain " platform threads; in "
                client.eval("help()").text("out") shouldContain "heapHistogram(count)"
                client.eval("vm()").text("out") shouldStartWith "process      ${ProcessHandle.current().pid()}, user "
                client.eval("heapHistogram(\"x\")").text("err") shouldContain "actual type is 'String'"
            }
        }

        test("sessions() knows its own session, and kick() ends another's endless loop") {
            withClients { one, other ->
                one.send("op" to "eval", "code" to "println(\"begun\"); while (true) {}", "id" to "1")
                generateSequence { one.next() }.first { "begun" in it["out"].toString() }
                val shown = other.eval("sessions()").text("out")
                shown shouldContain Regex("""(?m)^ +1 .* nrepl +evaluating for .*s: println\("begun"\); while \(true\) \{}$""")
                shown shouldContain Regex("""(?m)^\* +2 .* nrepl +evaluating for .*s: sessions\(\)$""")
                other.eval("kick(1)").last().status shouldContain "done"
                generateSequence { one.next() }.lastOrNull()
                events.awaitLine("evaluated 1 println(\"begun\"); while (true) {}: interrupted")
                events.awaitLine("closed 1")
                other
                    .eval("sessions()")
                    .text("out")
                    .lines()
                    .size shouldBe 4
            }
        }
    }
}
