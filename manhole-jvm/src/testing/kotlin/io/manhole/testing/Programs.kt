package io.manhole.testing

import io.kotest.core.test.Enabled
import io.kotest.core.test.EnabledOrReasonIf
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.io.path.isExecutable

/** What a process left behind. */
data class Ended(val status: Int, val out: String, val err: String)

/** Programs that a test needs and a machine may lack. */
object Programs {
    fun find(name: String): Path? =
        System
            .getenv("PATH")
            .orEmpty()
            .split(':')
            .map { Path.of(it, name) }
            .firstOrNull { it.isExecutable() }

    val isRoot: Boolean get() = System.getProperty("user.name") == "root"

    /** Why a test that needs these cannot run here; null if it can. */
    fun lacking(vararg names: String): String? = names.firstOrNull { find(it) == null }?.let { "there is no $it on this machine" }

    fun run(vararg command: String, stdin: String = ""): Ended = await(ProcessBuilder(*command).start(), stdin)

    /** Feeds it, and waits for its end and all its output. */
    fun await(process: Process, stdin: String, deadlineSeconds: Long = DEADLINE_SECONDS): Ended {
        val out = inBackground { process.inputStream.readBytes() }
        val err = inBackground { process.errorStream.readBytes() }
        runCatching { process.outputStream.use { it.write(stdin.toByteArray()) } } // it may end without reading
        if (!process.waitFor(deadlineSeconds, TimeUnit.SECONDS)) {
            val command = process.info().commandLine().orElse("process ${process.pid()}") // known only while it lives
            process.destroyForcibly()
            error("$command not ended after $deadlineSeconds s; out: ${String(out.get())} err: ${String(err.get())}")
        }
        return Ended(process.exitValue(), String(out.get()), String(err.get()))
    }
}

/** For `config(enabledOrReasonIf = …)`: a test that needs these programs is left out where one is absent, and says so. */
fun requireTools(vararg names: String): EnabledOrReasonIf =
    { _ ->
        val lacking = Programs.lacking(*names)
        if (lacking == null) Enabled.enabled else Enabled.disabled(lacking).also { println("SKIPPED: $lacking") }
    }
