package io.manhole

import io.manhole.testing.FakeRepl
import jdk.jfr.FlightRecorder
import jdk.jfr.Recording
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.thread
import kotlin.system.exitProcess

/** A program with something to see in it, which gets into trouble as it is told on its standard input. */
object DiagnosticsTarget {
    private val forever = CountDownLatch(1)
    private val ballast = ArrayList<Any>()

    @Volatile private var turns = 0L

    @JvmStatic
    fun main(arguments: Array<String>) {
        val options = ManholeOptions.builder().verbose(false).daemonConnection(true)
        arguments.firstOrNull()?.let { options.audit(Path.of(it)).auditSource(true) }
        val manhole = Manhole.install(options.build())
        println("installed")
        for (line in generateSequence(::readLine)) {
            val words = line.split(' ')
            when (words[0]) {
                "deadlock" -> deadlock()
                "spin" -> thread(isDaemon = true, name = "spinner") { while (true) turns++ }
                "name" -> thread(isDaemon = true, name = "evil\u001b[31m\nname") { forever.await() }
                "ballast" -> repeat(50_000) { ballast += Ballast() }
                "virtual" -> startVirtual(words[1].toInt())
                "action" -> FakeRepl.actions["exit"] = { exitProcess(3) }
                "record" -> Recorder.start()
                "dump" -> Recorder.dump(Path.of(words[1]))
                "recorder" -> println("recorder is initialized: ${Recorder.isInitialized}")
                "close" -> manhole.close()
                "exit" -> return
            }
            println("done $line")
        }
    }

    /** Apart, so that it is not loaded in a runtime without jdk.jfr. */
    private object Recorder {
        val isInitialized get() = FlightRecorder.isInitialized()
        private val recording by lazy { Recording() }

        fun start() = recording.start()

        fun dump(file: Path) {
            recording.dump(file)
        }
    }

    private class Ballast {
        @Suppress("unused")
        val number = 1L
    }

    private fun deadlock() {
        val first = ReentrantLock()
        val second = ReentrantLock()
        val both = CountDownLatch(2)

        fun lockBoth(name: String, one: ReentrantLock, other: ReentrantLock) =
            thread(isDaemon = true, name = name) {
                one.lock()
                both.countDown()
                both.await()
                other.lock()
            }
        val threads = listOf(lockBoth("dead one", first, second), lockBoth("dead two", second, first))
        while (threads.any { it.state != Thread.State.WAITING } || !first.hasQueuedThreads() || !second.hasQueuedThreads()) Thread.yield()
    }

    /** By reflection: virtual threads are newer than what this is compiled for. */
    private fun startVirtual(count: Int) {
        val started = CountDownLatch(count)
        val task =
            Runnable {
                started.countDown()
                forever.await()
            }
        val start = Thread::class.java.getMethod("startVirtualThread", Runnable::class.java)
        repeat(count) { start.invoke(null, task) }
        started.await()
    }
}
