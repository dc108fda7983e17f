package io.manhole.cli

import io.manhole.testing.awaitThat
import java.io.Closeable
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.io.path.isExecutable

/** A real terminal, 100 columns wide, in which one command runs. When it ends, its status is on the screen. */
internal class TmuxTerminal(folder: Path, environment: Map<String, String>, vararg command: String) : Closeable {
    private val socket = folder.resolve("tmux-${NUMBER.incrementAndGet()}")

    init {
        val assignments = (mapOf("XDG_CACHE_HOME" to "${Cli.cache}") + environment).map { (name, value) -> "$name=$value" }
        // The shell itself must survive Ctrl-C.
        val script = "trap : INT; env \"\$@\"; echo STATUS=$?; trap '' INT; exec sleep 1000"
        tmux(
            "-u",
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "100",
            "-y",
            "50",
            "sh",
            "-c",
            script,
            "sh",
            *assignments.toTypedArray(),
            *command,
        )
    }

    fun screen(): String = tmux("capture-pane", "-p", "-J").lines().joinToString("\n") { it.trimEnd() }.trimEnd()

    /** With the escapes for its colours. */
    fun colouredScreen(): String = tmux("capture-pane", "-p", "-e", "-J")

    /** Waits until the screen shows all of it. */
    fun expect(vararg parts: String) =
        awaitThat({ "expected ${parts.toList()}, but the screen shows:\n${screen()}" }) {
            screen().let { shown ->
                parts.all { it in shown }
            }
        }

    /** Waits until the last line on the screen is exactly this. */
    fun expectLastLine(line: String) =
        awaitThat({ "expected '$line' as the last line of:\n${screen()}" }) { screen().substringAfterLast('\n') == line }

    /** Waits until the program reads key by key. Before, Ctrl-D means something else to the terminal. */
    fun awaitReading() {
        val device = tmux("display-message", "-p", "#{pane_tty}").trim()
        awaitThat({ "nothing reads:\n${screen()}" }) { "-icanon" in run("stty", "-a", "-F", device) }
    }

    fun type(text: String) = tmux("send-keys", "-l", text)

    fun enter(text: String) {
        type(text)
        press("Enter")
    }

    /** A key by tmux's name for it, such as `C-c`. */
    fun press(vararg keys: String) = tmux("send-keys", *keys)

    /** As if pasted with the mouse; in brackets if the program asked for them. */
    fun paste(text: String) {
        tmux("set-buffer", text)
        tmux("paste-buffer", "-p")
    }

    fun resize(columns: Int) = tmux("resize-window", "-x", "$columns", "-y", "50")

    override fun close() {
        tmux("kill-server")
    }

    private fun tmux(vararg arguments: String) = run("tmux", "-S", "$socket", *arguments)

    private fun run(vararg command: String): String {
        val process =
            ProcessBuilder(*command)
                .apply { environment().keys.removeAll(setOf("TMUX", "TMUX_PANE")) }
                .redirectErrorStream(true)
                .start()
        val output = String(process.inputStream.readAllBytes())
        check(process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0) { "${command.toList()}: $output" }
        return output
    }

    companion object {
        private val NUMBER = AtomicInteger()

        val available = System.getenv("PATH").split(':').any { Files.exists(Path.of(it, "tmux")) && Path.of(it, "tmux").isExecutable() }
    }
}
