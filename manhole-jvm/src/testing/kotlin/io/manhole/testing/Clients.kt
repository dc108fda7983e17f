package io.manhole.testing

import io.manhole.nrepl.BencodeReader
import io.manhole.nrepl.BencodeWriter
import java.io.InputStream
import java.net.SocketAddress
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.SocketChannel
import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/** A real client at a real socket, which never waits longer than the deadline. */
open class RawClient(address: SocketAddress) : AutoCloseable {
    protected val channel: SocketChannel = SocketChannel.open(address)

    constructor(path: Path) : this(UnixDomainSocketAddress.of(path))

    fun send(bytes: ByteArray) {
        val buffer = ByteBuffer.wrap(bytes)
        within { while (buffer.hasRemaining()) channel.write(buffer) }
    }

    fun send(text: String) = send(text.toByteArray())

    /** Closes the sending half only. */
    fun endInput() {
        channel.shutdownOutput()
    }

    /** At most [size] bytes; an empty array at the end of the stream, also when the server reset the connection. */
    fun read(size: Int = 8192): ByteArray {
        val buffer = ByteBuffer.allocate(size)
        val count = within { runCatching { channel.read(buffer) }.getOrDefault(-1) }
        return buffer.array().copyOf(maxOf(count, 0))
    }

    override fun close() = channel.close()

    /** Blocking channel operations on a thread that may be left behind; closing the channel ends it. */
    protected fun <T> within(operation: () -> T): T =
        try {
            CompletableFuture.supplyAsync(operation, ::startThread).get(DEADLINE_SECONDS, TimeUnit.SECONDS)
        } catch (e: java.util.concurrent.ExecutionException) {
            throw e.cause ?: e
        } catch (e: TimeoutException) {
            channel.close()
            throw e
        }

    private fun startThread(task: Runnable) {
        Thread(task, "test-client").apply { isDaemon = true }.start()
    }
}

/** Speaks the plain dialect, as `nc -U` does. */
class PlainClient(address: SocketAddress) : RawClient(address) {
    constructor(path: Path) : this(UnixDomainSocketAddress.of(path))

    private var received = ByteArray(1 shl 16)
    private var count = 0

    /** All that came up to and including the next occurrence of [text]. */
    fun readUntil(text: String): String {
        val wanted = text.toByteArray()
        var from = 0
        while (true) {
            val at = indexOf(wanted, from)
            if (at >= 0) return take(at + wanted.size)
            from = maxOf(0, count - wanted.size)
            val goesOn =
                try {
                    receive()
                } catch (e: TimeoutException) {
                    throw AssertionError("\"$text\" did not come in time; came: ${take(count)}", e)
                }
            check(goesOn) { "the stream ended before \"$text\"; came: ${take(count)}" }
        }
    }

    fun readToEnd(): String {
        while (receive()) continue
        return take(count)
    }

    private fun indexOf(wanted: ByteArray, from: Int): Int =
        (from..count - wanted.size).firstOrNull { at -> wanted.indices.all { received[at + it] == wanted[it] } } ?: -1

    private fun receive(): Boolean {
        val bytes = read(1 shl 16)
        if (count + bytes.size > received.size) received = received.copyOf(2 * (count + bytes.size))
        bytes.copyInto(received, count)
        count += bytes.size
        return bytes.isNotEmpty()
    }

    private fun take(size: Int): String {
        val taken = String(received, 0, size)
        received.copyInto(received, 0, size, count)
        count -= size
        return taken
    }

    /** Reads the greeting away. */
    fun greeted(): PlainClient {
        readUntil(PROMPT)
        return this
    }

    /** Sends a line and gives what came before the next prompt. */
    fun eval(line: String): String {
        send(line + "\n")
        return readUntil(PROMPT).removeSuffix(PROMPT)
    }

    companion object {
        /** Connects as soon as somebody listens: the file is there a moment earlier. */
        fun whenOpen(path: Path): PlainClient {
            var client: PlainClient? = null
            awaitThat({ "nobody listens at $path" }) {
                client = runCatching { PlainClient(path) }.getOrNull()
                client != null
            }
            return checkNotNull(client)
        }

        const val PROMPT = ">>> "
    }
}

/** Speaks nREPL. */
class NreplClient(address: SocketAddress) : RawClient(address) {
    constructor(path: Path) : this(UnixDomainSocketAddress.of(path))

    private val reader =
        BencodeReader(
            object : InputStream() {
                private val one = ByteBuffer.allocate(1)

                override fun read(): Int {
                    one.clear()
                    return if (channel.read(one) < 0) -1 else one.get(0).toInt() and 0xff
                }
            },
            64L shl 20,
        )

    fun send(vararg fields: Pair<String, Any>) = send(BencodeWriter.write(mapOf(*fields)))

    /** The next response; null at the end of the stream. */
    fun next(): Map<String, Any>? =
        within {
            try {
                reader.read()
            } catch (e: java.net.SocketException) {
                null // reset: what we sent was not read to its end
            }
        }

    /** All responses up to the first that has `done`, or [status], in its status. */
    fun until(status: String = "done"): List<Map<String, Any>> =
        generateSequence { checkNotNull(next()) { "the stream ended before \"$status\"" } }
            .takeWhileInclusive { status !in it.status }
            .toList()

    fun ask(vararg fields: Pair<String, Any>): List<Map<String, Any>> {
        send(*fields)
        return until()
    }

    fun newSession(): String = ask("op" to "clone", "id" to "c").single()["new-session"] as String
}

val Map<String, Any>.status: List<String>
    get() = (this["status"] as? List<*>).orEmpty().map { it.toString() }

/** The texts of one field, put together. */
fun List<Map<String, Any>>.text(field: String) = mapNotNull { it[field] as? String }.joinToString("")

/** The statuses of all responses. */
val List<Map<String, Any>>.statuses: List<String> get() = flatMap { it.status }

private fun <T> Sequence<T>.takeWhileInclusive(predicate: (T) -> Boolean): Sequence<T> =
    sequence {
        for (element in this@takeWhileInclusive) {
            yield(element)
            if (!predicate(element)) return@sequence
        }
    }
