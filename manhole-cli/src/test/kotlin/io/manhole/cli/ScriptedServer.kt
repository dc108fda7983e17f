package io.manhole.cli

import io.manhole.nrepl.BencodeReader
import io.manhole.nrepl.BencodeWriter
import java.io.Closeable
import java.io.IOException
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

/**
 * A server on a real socket that does to each connection what the script says. [connections] counts them from 1.
 * What clients sent is in [received]; a connection that sent nothing counts in [silentConnections].
 */
internal class ScriptedServer(val path: Path, private val script: (ScriptedConnection) -> Unit = { it.serve() }) : Closeable {
    val connections = AtomicInteger()
    val silentConnections = AtomicInteger()
    val received = CopyOnWriteArrayList<Map<String, Any>>()

    private val open = CopyOnWriteArrayList<SocketChannel>()
    private val threads = CopyOnWriteArrayList<Thread>()
    private val listener: ServerSocketChannel =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path))

    init {
        threads += thread(name = "scripted-server", isDaemon = true) { untilGone { accept() } }
    }

    private fun accept() {
        while (true) {
            val channel = listener.accept()
            open += channel
            val connection = ScriptedConnection(channel, connections.incrementAndGet(), this)
            threads +=
                thread(name = "scripted-connection", isDaemon = true) {
                    untilGone { channel.use { script(connection) } }
                }
        }
    }

    fun received(op: String): List<Map<String, Any>> = received.filter { it["op"] == op }

    override fun close() {
        listener.close()
        open.forEach { it.close() }
        threads.forEach {
            it.join(DEADLINE_MILLIS)
            check(!it.isAlive) { "$it did not end" }
        }
        Files.deleteIfExists(path)
    }

    companion object {
        const val DEADLINE_MILLIS = 10_000L
    }
}

/** Runs what ends when the test closes the channel, or the client has gone. */
private fun untilGone(action: () -> Unit) {
    try {
        action()
    } catch (_: IOException) {
        // so it is
    }
}

/** One client of a [ScriptedServer]. [number] counts from 1. */
internal class ScriptedConnection(val channel: SocketChannel, val number: Int, private val server: ScriptedServer) {
    private val input = ChannelInput(channel)
    private val engine = ToyEngine(this)
    private var sessions = 0

    /** What `describe` tells. */
    var aux: Map<String, Any> =
        mapOf(
            "manhole/pid" to ProcessHandle.current().pid().toString(),
            "manhole/main" to "toy.Main",
            "manhole/user" to "toyuser",
            "manhole/host" to "toybox",
            "manhole/uptime-ms" to 3_725_000L,
            "manhole/others" to "pid 7, uid 0, gid 0",
            "manhole/banner" to "Toy engine ready.",
        )

    fun sendBytes(bytes: ByteArray) {
        val buffer = ByteBuffer.wrap(bytes)
        synchronized(channel) {
            while (buffer.hasRemaining()) channel.write(buffer)
        }
    }

    fun sendText(text: String) = sendBytes(text.toByteArray())

    fun send(message: Map<String, Any>) = sendBytes(BencodeWriter.write(message))

    /** Speaks nREPL until the client leaves. */
    fun serve() {
        readUntilEnd { request ->
            val answer = { fields: Map<String, Any> ->
                send(fields + listOf("id", "session").filter { it in request }.associateWith { request.getValue(it) })
            }
            when (request["op"]) {
                "describe" -> answer(mapOf("aux" to aux, "status" to DONE))
                "clone" -> answer(mapOf("new-session" to "s${++sessions}", "status" to DONE))
                "manhole/dump" -> answer(mapOf("manhole/dump" to "THE STACK DUMP", "status" to DONE))
                else -> engine.handle(request, answer)
            }
        }
    }

    /** Reads without a word of its own. */
    fun readUntilEnd(onRequest: (Map<String, Any>) -> Unit = {}) {
        val reader = BencodeReader(input, 1 shl 24)
        var requests = 0
        try {
            while (true) {
                val request = reader.read() ?: break
                requests++
                server.received += request
                onRequest(request)
            }
        } finally {
            if (requests == 0) server.silentConnections.incrementAndGet()
            engine.close()
        }
    }

    companion object {
        val DONE = listOf("done")
    }
}

private val ORDERS =
    mapOf(
        "name" to "orders",
        "ns" to "toy",
        "arglists-str" to "val orders: Orders",
        "doc" to "All of them.",
        "file" to "Toy.kt",
        "line" to 3L,
    )

/** Evaluates a language of a dozen words, so that everything an evaluation can do can be asked for. */
internal class ToyEngine(private val connection: ScriptedConnection) : Closeable {
    @Volatile
    private var running: Thread? = null

    @Volatile
    private var flooding = false
    private val interrupted = CountDownLatch(1)
    private val abandoned = CountDownLatch(1)

    @Volatile
    private var isStuck = false
    private val interrupts = Semaphore(0)
    private val stdin = java.util.concurrent.LinkedBlockingQueue<String>()

    fun handle(request: Map<String, Any>, answer: (Map<String, Any>) -> Unit) {
        when (request["op"]) {
            "eval" -> {
                running = thread(name = "toy-engine", isDaemon = true) { untilGone { evaluate(request["code"] as String, answer) } }
            }

            "interrupt" -> {
                // Interrupting a thread that writes to a channel would close the channel.
                when {
                    flooding -> flooding = false
                    isStuck -> interrupts.release()
                    else -> running?.interrupt()
                }
                answer(status("done"))
            }

            "manhole/abandon" -> {
                abandoned.countDown()
                answer(status("done"))
            }

            "stdin" -> {
                stdin += request["stdin"] as String
                answer(status("done"))
            }

            "manhole/check" -> {
                check(request["code"] as String, answer)
            }

            "completions" -> {
                // Without them it is asked for once beforehand.
                val code = request["manhole/code"] as String? ?: return answer(status("done"))
                complete(code, (request["manhole/cursor"] as Long).toInt(), answer)
            }

            "lookup" -> {
                lookup(request["manhole/code"] as String, answer)
            }

            "close" -> {
                answer(status("done", "session-closed"))
            }

            else -> {
                answer(status("error", "unknown-op", "done"))
            }
        }
    }

    /** `slow` is what the engine needs too long to judge. */
    private fun check(code: String, answer: (Map<String, Any>) -> Unit) {
        if ("slow" !in code) {
            answer(mapOf("manhole/complete" to if (isIncomplete(code)) 0L else 1L, "status" to ScriptedConnection.DONE))
        }
    }

    private fun lookup(code: String, answer: (Map<String, Any>) -> Unit) {
        val info =
            when {
                code == "val typeOfThis = orders.size\ntypeOfThis" -> mapOf("name" to "typeOfThis", "manhole/type" to "Int")
                code == "orders" -> ORDERS
                else -> emptyMap()
            }
        answer(mapOf("info" to info, "status" to ScriptedConnection.DONE))
    }

    /** Knows the members of everything, all of its words, and for `slow` no answer. */
    private fun complete(code: String, cursor: Int, answer: (Map<String, Any>) -> Unit) {
        if ("slow" in code) return
        val word = code.substring(0, cursor).takeLastWhile { it.isLetter() }
        val isMember = code.getOrNull(cursor - word.length - 1) == '.'
        val names = if (isMember) listOf("find" to "(Int) -> Order?", "findAll" to "() -> List<Order>") else listOf("orders" to "Orders")
        val found = names.filter { it.first.startsWith(word) }.map { (name, type) -> mapOf("candidate" to name, "manhole/type" to type) }
        answer(mapOf("completions" to found, "manhole/start" to (cursor - word.length).toLong(), "status" to ScriptedConnection.DONE))
    }

    private fun isIncomplete(code: String) = code.count { it == '{' } > code.count { it == '}' }

    private fun evaluate(code: String, answer: (Map<String, Any>) -> Unit) {
        val argument = code.substringAfter(' ', "")
        try {
            if (isIncomplete(code)) {
                answer(mapOf("err" to "incomplete code") + status("eval-error", "manhole/incomplete"))
            } else {
                when (code.substringBefore(' ')) {
                    "1+1" -> answer(mapOf("value" to "2", "manhole/type" to "Int"))
                    "print" -> answer(mapOf("out" to argument))
                    "err" -> answer(mapOf("err" to argument))
                    "nothing" -> Unit
                    "fail" -> fail(answer)
                    "reject" -> answer(mapOf("err" to "1:1: unresolved reference") + status("eval-error", "manhole/rejected"))
                    "no-repl" -> answer(mapOf("err" to "no engine") + status("eval-error", "manhole/no-repl"))
                    "typed" -> answer(mapOf("value" to argument.substringAfter(' '), "manhole/type" to argument.substringBefore(' ')))
                    "lines" -> answer(mapOf("value" to (1..argument.toInt()).joinToString("\n") { "line $it" }))
                    "repeat" -> answer(mapOf("value" to "é".repeat(argument.toInt())))
                    "flood" -> flood(answer)
                    "escape" -> answer(mapOf("out" to "a\u001b[31mb\u009bc\u007f\tz\r\n", "err" to "e\u001b]0;x\u0007\n"))
                    "read" -> read(answer)
                    "loop" -> CountDownLatch(1).await()
                    "stubborn" -> stubborn()
                    "stuck" -> stuck(answer)
                    "later" -> return later(argument, answer)
                    "die" -> return die(argument, answer)
                    "exit()" -> return answer(status("done", "session-closed"))
                    else -> answer(mapOf("value" to code))
                }
            }
        } catch (_: InterruptedException) {
            answer(mapOf("err" to "interrupted\n") + status("interrupted", "eval-error"))
        }
        answer(status("done"))
    }

    private fun fail(answer: (Map<String, Any>) -> Unit) {
        answer(mapOf("err" to "java.lang.IllegalStateException: no\n"))
        answer(mapOf("ex" to "java.lang.IllegalStateException") + status("eval-error"))
    }

    /** Stopped by a flag: interrupting a thread that writes to a channel would close the channel. */
    private fun flood(answer: (Map<String, Any>) -> Unit) {
        flooding = true
        while (flooding) answer(mapOf("out" to "flood\n".repeat(1000)))
        throw InterruptedException()
    }

    private fun read(answer: (Map<String, Any>) -> Unit) {
        answer(status("need-input"))
        answer(mapOf("value" to "read<${stdin.take()}>"))
    }

    private fun stubborn() {
        while (interrupted.count > 0) {
            try {
                interrupted.await()
            } catch (_: InterruptedException) {
                // that is what it is for
            }
        }
    }

    /** Says that it does not stop, and ends when it is left behind. */
    private fun stuck(answer: (Map<String, Any>) -> Unit) {
        isStuck = true
        while (abandoned.count > 0) {
            val isInterrupted =
                try {
                    interrupts.tryAcquire(20, TimeUnit.MILLISECONDS)
                } catch (_: InterruptedException) {
                    true // it came before this was stuck
                }
            if (isInterrupted) answer(mapOf("err" to "still running; Ctrl-C once more leaves it behind\n") + status("manhole/stuck"))
        }
        isStuck = false
        throw InterruptedException()
    }

    private fun later(argument: String, answer: (Map<String, Any>) -> Unit) {
        answer(status("done"))
        answer(mapOf("out" to argument))
    }

    private fun die(argument: String, answer: (Map<String, Any>) -> Unit) {
        answer(mapOf("out" to argument.ifEmpty { "half of it\n" }))
        connection.channel.close()
    }

    private fun status(vararg words: String) = mapOf("status" to words.asList())

    override fun close() {
        interrupted.countDown()
        flooding = false
        running?.interrupt()
        running?.join(TimeUnit.SECONDS.toMillis(5))
    }
}
