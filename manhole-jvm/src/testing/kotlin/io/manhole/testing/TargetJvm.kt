package io.manhole.testing

import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.TimeUnit
import kotlin.io.path.exists

/** A JVM of its own with a program in it; ended with the test, whatever comes. */
class TargetJvm(
    jdk: Jdk,
    mainClass: String,
    classPath: String = System.getProperty("java.class.path"),
    jvmArguments: List<String> = emptyList(),
    arguments: List<String> = emptyList(),
    environment: Map<String, String> = emptyMap(),
) : AutoCloseable {
    private val process: Process =
        ProcessBuilder(
            // A build in the background ignores SIGINT, and its children inherit that: the target shall not.
            defaultSignals + listOf(jdk.java.toString(), "-Xmx256m", "-cp", classPath) + jvmArguments + mainClass + arguments,
        ).apply { environment().putAll(environment) }.start()
    private val lines = ConcurrentLinkedQueue<String>()
    private val readers =
        listOf(process.inputStream, process.errorStream).map { stream ->
            CompletableFuture.runAsync(
                { stream.bufferedReader().forEachLine { lines += it } },
                { Thread(it, "test-target-output").apply { isDaemon = true }.start() },
            )
        }

    private companion object {
        val defaultSignals = if (Programs.find("env") == null) emptyList() else listOf("env", "--default-signal=INT,HUP,TERM")
    }

    val pid: Long get() = process.pid()
    val socketPath: Path get() = Path.of("/tmp/manhole-$pid")
    val isAlive: Boolean get() = process.isAlive

    /** What it printed so far, on both streams. */
    val output: List<String> get() = lines.toList()

    fun awaitLine(part: String): String {
        awaitThat({ "no line with \"$part\" in $output" }) { output.any { part in it } || !process.isAlive }
        return checkNotNull(output.firstOrNull { part in it }) { "ended without a line with \"$part\": $output" }
    }

    fun awaitSocket(): TargetJvm {
        awaitThat({ "no $socketPath; output: $output" }) { socketPath.exists() || !process.isAlive }
        check(process.isAlive) { "ended: $output" }
        return this
    }

    fun tell(line: String) {
        process.outputStream.write((line + "\n").toByteArray())
        process.outputStream.flush()
    }

    fun signal(name: String) {
        val kill = Programs.run("kill", "-$name", "$pid")
        check(kill.status == 0) { kill.err }
    }

    /** Waits for its end; all its output is there then. */
    fun awaitEnd(): Int {
        check(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) { "not ended; output: $output" }
        readers.forEach { it.get(DEADLINE_SECONDS, TimeUnit.SECONDS) }
        return process.exitValue()
    }

    override fun close() {
        process.destroyForcibly()
        check(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) { "$pid cannot be killed" }
        java.nio.file.Files.deleteIfExists(socketPath)
    }
}
