package io.manhole.cli

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.testing.awaitThat
import io.manhole.testing.inBackground
import java.io.IOException
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/** The connection in process: time limits, and what the reader does when nobody takes what it reads. */
class ConnectorSpec :
    FunSpec({
        val self = User.ownerOf(Path.of("/proc/self"))
        val path = Cli.publicFolder().resolve("socket")

        fun connect(handshakeLimit: Duration = Duration.ofSeconds(10)) =
            Connector(Target(path, null), self, SessionChoice.NEW, Duration.ZERO, handshakeLimit).connect()

        afterEach {
            awaitThat({ "left: ${clientThreads()}" }) { clientThreads().isEmpty() }
        }

        test("a server that says nothing is given up on within the limit") {
            ScriptedServer(path) { it.readUntilEnd() }.use {
                val e = shouldThrow<ClientException> { connect(Duration.ofMillis(200)) }
                e.exitStatus() shouldBe ExitStatus.NO_CONNECTION
                e.message shouldContain "gave no answer within 0.2 s"
            }
        }

        test("one that opened for us alone and took us for a terminal is woken once more") {
            val waking = SlowThenOneshot(path)
            Connector(Target(path, null), self, SessionChoice.NEW, waking, Duration.ofSeconds(10), Duration.ofSeconds(10)).connect().close()
            waking.servers shouldBe 2
            waking.close()
        }

        test("an answer that comes in pieces, cut in the middle of a character, is put together") {
            val pieces = { connection: ScriptedConnection ->
                "d3:auxd14:manhole/banner3:€e2:id8:describe6:statusl4:doneee".toByteArray().let { bytes ->
                    val cut = bytes.indexOf(0x82.toByte())
                    connection.sendBytes(bytes.copyOfRange(0, cut))
                    connection.sendBytes(bytes.copyOfRange(cut, bytes.size))
                }
                connection.sendText("d2:id5:clone11:new-session1:se")
                connection.readUntilEnd()
            }
            ScriptedServer(path, pieces).use { connect().use { it.server().banner shouldBe "€" } }
        }

        test("an abandoned request with a flood of answers does not hold up the others") {
            ScriptedServer(path).use {
                connect().use { session ->
                    session.start(RecordingListener())
                    val flood = session.eval("flood")
                    flood.next().text("out") shouldContain "flood"
                    flood.abandon()
                    session.interrupt()
                    session.isComplete("f {", Duration.ofSeconds(10)) shouldBe false
                }
            }
        }

        test("a check that is not answered in time counts as complete, and a late answer harms nobody") {
            ScriptedServer(path).use {
                connect().use { session ->
                    session.start(RecordingListener())
                    session.isComplete("slow {", Duration.ofMillis(50)) shouldBe true
                    session.isComplete("f {", Duration.ofSeconds(10)) shouldBe false
                }
            }
        }

        test("whoever waits is told when the server goes, and so is whoever asks afterwards") {
            val listener = RecordingListener()
            val server = ScriptedServer(path)
            connect().use { session ->
                session.start(listener)
                val request = session.eval("loop")
                val waiting = inBackground { runCatching { request.next() }.exceptionOrNull() }
                server.close()
                (waiting.get(10, TimeUnit.SECONDS) as IOException).message shouldContain "the server is gone"
                listener.ended.get(10, TimeUnit.SECONDS)
                shouldThrow<IOException> { session.eval("1+1") }.message shouldContain "the server is gone"
                shouldThrow<IOException> { session.dump(Duration.ofSeconds(1)) }
            }
            listener.unclaimed.shouldBeEmpty()
        }

        test("fields of unexpected types count as absent") {
            val message = Message(mapOf("out" to listOf("a"), "status" to "done", "aux" to 5L))
            message.text("out").shouldBeNull()
            message.done() shouldBe false
            ServerDescription.of(message).greeting() shouldBe "Connected to a server that does not say who it is."
        }
    })

private class RecordingListener : NreplConnection.Listener {
    val unclaimed = LinkedBlockingQueue<Message>()
    val ended = CompletableFuture<Unit>()

    override fun unclaimed(message: Message) {
        if (message.text("out")?.startsWith("flood") != true && !message.done()) unclaimed += message
    }

    override fun ended() {
        ended.complete(Unit)
    }
}

/** Opens for one client at a time; greets the first in plain text. */
private class SlowThenOneshot(private val path: Path) : Waking {
    var servers = 0
    private var last: ScriptedServer? = null
    private var first: CompletableFuture<Unit>? = null

    override fun wake() {
        servers++
        if (servers > 1) {
            last = ScriptedServer(path)
            return
        }
        val listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path))
        first =
            inBackground {
                listener.accept().use {
                    listener.close()
                    Files.delete(path)
                    it.write(ByteBuffer.wrap("a dump\n>>> ".toByteArray()))
                    val bytes = ByteBuffer.allocate(1000)
                    while (it.read(bytes.clear()) >= 0) continue
                }
            }
    }

    override fun describe() = "it was woken"

    fun close() {
        first?.get(10, TimeUnit.SECONDS)
        last?.close()
    }
}

private fun clientThreads() = Thread.getAllStackTraces().keys.filter { it.name.startsWith("manhole-cli-") }
