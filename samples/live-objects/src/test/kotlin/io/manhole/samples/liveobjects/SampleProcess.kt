package io.manhole.samples.liveobjects

import io.manhole.testing.Jdk
import java.net.URI
import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import kotlin.concurrent.thread
import kotlin.io.path.absolute
import kotlin.io.path.exists

/** The sample's jar, run as a process of its own; [close] ends it in any case. */
class SampleProcess private constructor(private val process: Process) : AutoCloseable {
    private val printed = StringBuffer()
    private val ready = CompletableFuture<String>()
    private val reader = thread(name = "sample-output", isDaemon = true) { read() }

    val pid: Long get() = process.pid()

    val isAlive: Boolean get() = process.isAlive

    /** Where its orders are; only once it is ready. */
    val uri: URI get() = URI(fromReadyLine("http://[^\\s,]+"))

    /** Where its manhole is; only once it is ready. */
    val socket: Path get() = Path.of(fromReadyLine("/[^\\s,]+$"))

    /** What it has printed so far on stdout and stderr. */
    fun output(): String = printed.toString()

    /** Asks it to end (SIGTERM) and returns its exit status. */
    fun terminate(): Int {
        process.toHandle().destroy()
        return awaitExit()
    }

    /** Waits until it has ended, with its output complete, and returns its exit status. */
    fun awaitExit(): Int {
        check(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            "process $pid still runs after $DEADLINE_SECONDS s; it printed:\n${output()}"
        }
        reader.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS))
        return process.exitValue()
    }

    override fun close() {
        process.destroy()
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)
        }
        reader.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS))
    }

    private fun fromReadyLine(pattern: String): String {
        val line = checkNotNull(ready.getNow(null)) { "process $pid is not ready" }
        return checkNotNull(Regex(pattern).find(line)) { "no $pattern in: $line" }.value
    }

    private fun read() {
        process.inputReader().forEachLine { line ->
            printed.append(line).append('\n')
            if (line.startsWith("live-objects ready:")) ready.complete(line)
        }
        ready.completeExceptionally(IllegalStateException("it ended"))
    }

    private fun awaitReady() {
        try {
            ready.get(DEADLINE_SECONDS, TimeUnit.SECONDS)
        } catch (e: ExecutionException) {
            throw AssertionError("process $pid ended before it was ready; it printed:\n${output()}", e)
        } catch (e: TimeoutException) {
            throw AssertionError("process $pid not ready after $DEADLINE_SECONDS s; it printed:\n${output()}", e)
        }
    }

    companion object {
        private const val DEADLINE_SECONDS = 60L

        private val jar: Path = Path.of(System.getProperty("basedir", ""), "target", "live-objects.jar").absolute()

        /** Starts it and returns when it is ready. */
        fun start(jdk: Jdk = Jdk.current, jvmArguments: List<String> = listOf(), arguments: List<String> = listOf()): SampleProcess {
            val sample = launch(jdk, jvmArguments, arguments)
            try {
                sample.awaitReady()
            } catch (e: Throwable) {
                sample.close()
                throw e
            }
            return sample
        }

        /** Starts it and returns at once: for those that are expected to end by themselves. */
        fun launch(jdk: Jdk = Jdk.current, jvmArguments: List<String> = listOf(), arguments: List<String> = listOf()): SampleProcess {
            check(jar.exists()) { "no $jar: it is made by 'mvn package'" }
            val command = listOf("${jdk.java}", "-Xmx256m") + jvmArguments + listOf("-jar", "$jar") + arguments
            return SampleProcess(ProcessBuilder(command).redirectErrorStream(true).start())
        }
    }
}
