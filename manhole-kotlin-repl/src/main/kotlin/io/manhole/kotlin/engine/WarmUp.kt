package io.manhole.kotlin.engine

import org.jetbrains.kotlin.progress.CompilationCanceledException
import java.time.Duration
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException

/**
 * Compiles, for nobody, what users are likely to type, on the compiler's thread while that has nothing else to do: the
 * virtual machine has loaded and compiled the compiler by the time the first line comes.
 *
 * It takes [LIMIT] of time at most, and gives way at once when a user waits.
 *
 * @param thread the compiler's
 * @param compile compiles a text and forgets it
 */
internal class WarmUp(private val thread: Executor, private val compile: (String) -> Unit) {
    private val texts = List(ROUNDS) { TEXTS }.flatten().iterator()

    /** Confined to the compiler's thread. */
    private var spentNanos = 0L

    /** Confined to the compiler's thread. */
    private var isQueued = false

    @Volatile
    private var ended = false

    /** What is being compiled, or null. */
    @Volatile
    private var current: Cancellation? = null

    /** Begins, or goes on. On the compiler's thread. */
    fun begin() {
        ended = false
        next()
    }

    /** Any thread may ask. */
    fun yieldToUser() {
        current?.request()
    }

    /** Ends it early, for now. Any thread may ask. */
    fun end() {
        ended = true
        yieldToUser()
    }

    /** One text at a time, so that a user who types meanwhile comes first. */
    private fun next() {
        if (isQueued || ended || !texts.hasNext() || spentNanos > LIMIT.toNanos()) return
        try {
            thread.execute(::compileNext)
            isQueued = true
        } catch (_: RejectedExecutionException) {
            // The last session has been closed meanwhile.
        }
    }

    private fun compileNext() {
        isQueued = false
        if (ended) return
        val cancellation = Cancellation { false }
        current = cancellation
        val begun = System.nanoTime()
        try {
            cancellation.during { compile(texts.next()) }
        } catch (_: CompilationCanceledException) {
            // A user came before it had begun.
        }
        spentNanos += System.nanoTime() - begun
        current = null
        next()
    }

    private companion object {
        val LIMIT: Duration = Duration.ofSeconds(4)
        const val ROUNDS = 5
        val TEXTS =
            listOf(
                "1 + 1",
                "val xs = listOf(3, 1, 2).filter { it > 1 }.map { \"<\$it>\" }\nfor (x in xs) println(x)\nxs.size",
                "data class P(val a: Int, val b: String)\nfun f(p: P): Int = when { p.a > 1 -> p.a; else -> 0 }\nf(P(1, \"\"))",
            )
    }
}
