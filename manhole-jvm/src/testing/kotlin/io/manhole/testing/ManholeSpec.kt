package io.manhole.testing

import io.kotest.core.spec.style.FunSpec
import io.kotest.core.test.TestCase
import io.kotest.engine.test.TestResult
import io.manhole.Manhole
import io.manhole.ManholeListener
import io.manhole.ManholeOptions
import io.manhole.PeerCredentials
import java.net.SocketAddress
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue

/** A spec in whose tests manholes are opened, and which checks after each that nothing of them is left. */
abstract class ManholeSpec : FunSpec() {
    private val opened = ConcurrentLinkedQueue<AutoCloseable>()
    private var folder: Path = Path.of("/")
    private val outBefore = System.out
    private val errBefore = System.err
    private val inBefore = System.`in`

    val events = RecordingListener()
    val socket: Path get() = folder.resolve("manhole.sock")
    val testFolder: Path get() = folder

    /** Closes it after the test, last opened first. */
    fun <T : AutoCloseable> closing(resource: T): T = resource.also { opened += it }

    fun install(configure: ManholeOptions.Builder.() -> Unit = {}): Manhole =
        closing(
            Manhole.install(
                ManholeOptions
                    .builder()
                    .socketPath(socket)
                    .verbose(false)
                    .listener(events)
                    .apply(configure)
                    .build(),
            ),
        )

    fun connect(): PlainClient = closing(PlainClient(socket))

    fun connectNrepl(): NreplClient = closing(NreplClient(socket))

    override suspend fun beforeEach(testCase: TestCase) {
        folder = Files.createTempDirectory("manhole-test")
        events.clear()
    }

    override suspend fun afterEach(testCase: TestCase, result: TestResult) {
        opened.toList().asReversed().forEach { it.close() }
        opened.clear()
        FakeRepl.reset()
        val left = { Thread.getAllStackTraces().keys.filter { it.name.startsWith("manhole-") && it.isAlive } }
        awaitThat({ "threads left: ${left()}" }) { left().isEmpty() }
        check(!Files.exists(socket)) { "the socket is left" }
        check(System.out === outBefore && System.err === errBefore && System.`in` === inBefore) { "a stream is left" }
        folder.toFile().deleteRecursively()
    }
}

/** Keeps what it was told, as lines. */
class RecordingListener : ManholeListener {
    val lines = ConcurrentLinkedQueue<String>()

    fun clear() = lines.clear()

    fun awaitLine(part: String) = awaitThat({ "no event \"$part\" in $lines" }) { lines.any { part in it } }

    override fun listening(address: SocketAddress) {
        lines += "listening"
    }

    override fun stopped(address: SocketAddress) {
        lines += "stopped"
    }

    override fun accepted(connection: Long, peer: PeerCredentials) {
        lines += "accepted $connection $peer"
    }

    override fun rejected(peer: PeerCredentials, reason: String) {
        lines += "rejected $peer $reason"
    }

    override fun evaluated(connection: Long, peer: PeerCredentials, text: String, outcome: String, duration: Duration) {
        lines += "evaluated $connection $text: $outcome"
    }

    override fun closed(connection: Long, peer: PeerCredentials) {
        lines += "closed $connection"
    }

    override fun sessionKept(connection: Long, peer: PeerCredentials, time: Duration) {
        lines += "kept $connection $time"
    }

    override fun sessionAttached(connection: Long, peer: PeerCredentials, earlier: Long) {
        lines += "attached $connection $earlier"
    }

    override fun sessionEnded(connection: Long, peer: PeerCredentials) {
        lines += "ended $connection"
    }

    override fun warning(message: String) {
        lines += "warning $message"
    }

    override fun failed(what: String, cause: Throwable) {
        lines += "failed $what: $cause"
    }
}
