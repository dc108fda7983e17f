package io.manhole.samples.filetrigger

import io.manhole.testing.Jdk
import io.manhole.testing.awaitThat
import java.io.IOException
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.io.path.absolute
import kotlin.io.path.exists

/** The sample's jar, run as a process of its own; [close] ends it and its workers in any case. */
class SampleProcess(jdk: Jdk, vararg arguments: String) : AutoCloseable {
    private val process =
        ProcessBuilder(listOf("${jdk.java}", "-Xmx64m", "-jar", "${jar()}") + arguments).redirectErrorStream(true).start()
    private val printed = StringBuffer()

    @Volatile
    private var children = emptyList<ProcessHandle>()
    private val reader =
        thread(name = "sample-output", isDaemon = true) {
            try {
                process.inputReader().forEachLine(::read)
            } catch (_: IOException) {
                // Killing a process closes its streams.
            }
        }

    val pid: Long get() = process.pid()

    /** Their pids, as the master says them when they are there. */
    val workers: List<Long> get() {
        awaitThat({ "it is not ready; it printed:\n${output()}" }) { children.isNotEmpty() || !process.isAlive }
        return children.map { it.pid() }
    }

    /** What it has printed so far on stdout and stderr. */
    fun output(): String = printed.toString()

    /** Waits until it and its workers have ended, and returns its exit status. */
    fun awaitEnd(): Int {
        check(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) { "$pid still runs; it printed:\n${output()}" }
        awaitThat({ "workers still run; printed was:\n${output()}" }) { children.none { it.isAlive } }
        reader.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS))
        return process.exitValue()
    }

    override fun close() {
        process.destroyForcibly().waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)
        try {
            awaitThat({ "workers do not end with their master; printed was:\n${output()}" }) { children.none { it.isAlive } }
        } finally {
            children.forEach { it.destroyForcibly() }
        }
        reader.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS))
    }

    private fun read(line: String) {
        printed.append(line).append('\n')
        if (line.startsWith("file-trigger ready: workers ")) {
            val pids = line.substringAfter("workers ").substringBefore(",").split(' ')
            children = pids.mapNotNull { ProcessHandle.of(it.toLong()).orElse(null) }
        }
    }

    private companion object {
        const val DEADLINE_SECONDS = 60L

        fun jar(): Path {
            val jar = Path.of(System.getProperty("basedir", ""), "target", "file-trigger.jar").absolute()
            check(jar.exists()) { "no $jar: it is made by 'mvn package'" }
            return jar
        }
    }
}
