package io.manhole.repl

import io.kotest.assertions.withClue
import io.kotest.matchers.shouldBe
import io.manhole.testing.awaitThat
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** An evaluation on a thread of its own. */
class Evaluation(private val repl: Repl, text: String) {
    private val result = CompletableFuture<EvalResult>()
    val thread =
        Thread {
            try {
                result.complete(repl.eval(text))
            } catch (e: Throwable) {
                result.completeExceptionally(e)
            }
        }

    init {
        thread.isDaemon = true
        thread.name = "evaluation of $text"
        thread.start()
    }

    /** As the core does it: first the engine, then the thread. */
    fun interrupt() {
        repl.interrupt()
        thread.interrupt()
    }

    /** Waits until the condition holds of the evaluating thread. */
    fun awaitThread(condition: (Thread) -> Boolean) = awaitThat({ "not in time" }) { condition(thread) }

    fun await(seconds: Long = 60): EvalResult {
        val ended = result.get(seconds, TimeUnit.SECONDS)
        thread.join(TimeUnit.SECONDS.toMillis(seconds))
        withClue("the evaluating thread lives on") { thread.isAlive shouldBe false }
        return ended
    }
}
