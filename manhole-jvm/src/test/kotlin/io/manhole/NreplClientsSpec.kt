package io.manhole

import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldNotContain
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec
import io.manhole.testing.Programs
import io.manhole.testing.requireTools
import io.manhole.testing.statuses
import io.manhole.testing.text
import java.io.File
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.copyTo
import kotlin.io.path.listDirectoryEntries

private const val PATIENCE_SECONDS = 120L

/** Clients that others wrote. */
class NreplClientsSpec : ManholeSpec() {
    private val sources = Path.of("src/test/nrepl-clients")

    private fun installJava(): Manhole =
        install { engine("java").dialect(Dialect.NREPL).bindAddress(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Dialect.NREPL) }

    private fun run(vararg command: String): String {
        val ended = Programs.await(ProcessBuilder(*command).start(), "", PATIENCE_SECONDS)
        check(ended.status == 0) { "${command.asList()}: $ended" }
        return ended.out
    }

    /** What comes behind the name in the line that begins with it. */
    private fun String.told(): Map<String, String> =
        lines().filter { ' ' in it }.associate {
            it.substringBefore(' ') to
                it.substringAfter(' ')
        }

    /** The package with what it depends on, as the lock file says; null where it cannot be had. */
    private fun fetchNodePackage(): Path? {
        val folder = Files.createDirectory(testFolder.resolve("node"))
        for (name in listOf("package.json", "package-lock.json", "talk.js")) sources.resolve(name).copyTo(folder.resolve(name))
        val npm = ProcessBuilder("npm", "ci", "--prefix", "$folder", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
        val ended = Programs.await(npm.start(), "", PATIENCE_SECONDS)
        if (ended.status != 0) println("SKIPPED: npm cannot fetch nrepl-client: ${ended.err.lines().firstOrNull()}")
        return folder.takeIf { ended.status == 0 }
    }

    init {
        test("nrepl-client, for Node, does all that it can, on TCP and on the unix domain socket")
            .config(enabledOrReasonIf = requireTools("node", "npm")) {
                val client = fetchNodePackage() ?: return@config
                val manhole = installJava()
                val port = manhole.address()!!.port
                for (to in listOf("""{"host": "127.0.0.1", "port": $port}""", """{"path": "$socket"}""")) {
                    val told = run("node", "--no-deprecation", "${client.resolve("talk.js")}", to).told()
                    val standard =
                        listOf("clone", "close", "completions", "describe", "eval", "interrupt", "load-file", "lookup", "ls-sessions")
                    for (op in standard) told.getValue("describe") shouldContain "\"$op\""
                    told.getValue("declare") shouldContain "\"status\":[\"done\"]"
                    told.getValue("value") shouldContain "\"value\":\"42\""
                    told.getValue("out") shouldContain "\"out\":\"hällo\""
                    told - listOf("describe", "declare", "value", "out") shouldBe
                        mapOf(
                            "rejected" to """["eval-error","manhole/rejected","done"]""",
                            "thrown" to """["java.lang.IllegalStateException","java.lang.IllegalStateException",["eval-error","done"]]""",
                            "stdin" to """["done"]""",
                            "read" to """"typed"""",
                            "mismatch" to """["error","interrupt-id-mismatch","done"]""",
                            "interrupt" to """["interrupted","done"]""",
                            "interrupted" to """["interrupted","eval-error","done"]""",
                            "idle" to """["session-idle","done"]""",
                            "completions" to """["java.util.concurrent.ThreadLocalRandom"]""",
                            "lookup" to """"x"""",
                            "load-file" to """"42"""",
                            "sessions" to "1",
                            "unknown" to """["error","unknown-op","done"]""",
                            "close" to """["done","session-closed"]""",
                            "closed" to """["error","unknown-session","done"]""",
                        )
                }
            }

        test("the client of Clojure's tools.nrepl opens a session, evaluates, interrupts and closes") {
            val jars = Path.of("target/nrepl-clients").listDirectoryEntries("*.jar").joinToString(File.pathSeparator)
            val manhole = installJava()
            for (jdk in Jdk.all) {
                val script = "${sources.resolve("talk.clj")}"
                val told = run("${jdk.java}", "-cp", jars, "clojure.main", script, "${manhole.address()!!.port}").told()
                for (op in listOf("clone", "eval", "interrupt", "stdin")) told.getValue("describe") shouldContain "\"$op\""
                told - "describe" shouldBe
                    mapOf(
                        "declare" to """{:status #{"done"}}""",
                        "value" to "[42]",
                        "out" to "\"hello\"",
                        "rejected" to """("done" "eval-error" "manhole/rejected")""",
                        "thrown" to "\"java.lang.IllegalStateException\"",
                        "running" to "\"on\"",
                        "interrupt" to """("done" "interrupted")""",
                        "interrupted" to """("done" "eval-error" "interrupted")""",
                        "load-file" to """["42"]""",
                        "sessions" to "1",
                        "close" to """("done" "session-closed")""",
                    )
            }
        }

        test("what editors for Clojure send when they connect disturbs nothing") {
            installJava()
            val client = connectNrepl()
            val session = client.newSession()
            client.ask("op" to "clone", "client-name" to "CIDER", "client-version" to "1.20.0", "id" to "2").statuses shouldContainExactly
                listOf("done")
            val described = client.ask("op" to "describe", "session" to session, "id" to "3").single()
            (described["versions"] as Map<*, *>).keys.map { it.toString() } shouldContainAll listOf("nrepl", "java")
            val texts =
                listOf(
                    "(clojure.core/apply clojure.core/require clojure.main/repl-requires)",
                    "(when (clojure.core/find-ns 'cljs.core) *ns*)",
                    "(do (println \"Clojure\") (str *ns*))",
                    "{:a 1 :b [1 2 3]} #?(:clj 1)",
                    "\"C:\\Users\" \\newline @(atom 1) ^:dynamic x ; `~@",
                    "",
                )
            for (text in texts) {
                val answers =
                    client.ask(
                        "op" to "eval",
                        "code" to text,
                        "session" to session,
                        "id" to "4",
                        "file" to "*cider-repl app:localhost:5424(clj)*",
                        "line" to 10L,
                        "column" to 1L,
                        "ns" to "user",
                        "inhibit-cider-middleware" to "true",
                        "nrepl.middleware.print/buffer-size" to 4096L,
                        "nrepl.middleware.print/print" to "cider.nrepl.pprint/pprint",
                        "nrepl.middleware.print/stream?" to "1",
                        "nrepl.middleware.print/quota" to 1_048_576L,
                        "nrepl.middleware.print/options" to mapOf("right-margin" to 80L),
                    )
                answers.statuses shouldNotContain "error"
                answers.statuses shouldContain "done"
            }
            for (op in listOf("classpath", "ns-list", "stacktrace", "out-subscribe", "sideloader-start", "add-middleware")) {
                client.ask("op" to op, "session" to session, "id" to "5").statuses shouldContain "unknown-op"
            }
            client.ask("op" to "eval", "code" to "1 + 1", "session" to session, "id" to "6").text("value") shouldBe "2"
        }
    }
}
