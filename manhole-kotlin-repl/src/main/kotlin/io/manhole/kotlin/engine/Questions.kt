package io.manhole.kotlin.engine

import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.RejectedExecutionException

/**
 * What is asked about texts that are still being typed. A compilation that somebody waits for comes first: a question under
 * way stops for it, and is asked again behind it.
 *
 * @param othersWait whether a question that takes long holds up somebody else; asked by the compiler's thread
 */
internal class Questions(private val othersWait: () -> Boolean) {
    private val underWay: MutableSet<Cancellation> = ConcurrentHashMap.newKeySet()

    /** Stops them all. Any thread may ask. */
    fun giveWay() = underWay.forEach { it.request() }

    /**
     * Waits for the answer, and stops looking for it when the wait ends. What goes wrong inside the compiler, on a text that is
     * most often not right yet, is no answer.
     *
     * @param submit has a task run by the compiler's thread
     * @param task gets what to call from time to time: it throws when the task is to stop
     * @return null if there is none
     */
    @Throws(InterruptedException::class)
    fun <T> ask(submit: (() -> T) -> CompletableFuture<T>, task: (checkCanceled: () -> Unit) -> T): T? {
        repeat(ATTEMPTS) {
            val cancellation = Cancellation(othersWait)
            underWay += cancellation
            try {
                return submit { cancellation.during { task(cancellation::checkCanceled) } }.await()
            } catch (e: InterruptedException) {
                cancellation.request()
                throw e
            } catch (e: RejectedExecutionException) {
                throw e
            } catch (_: Throwable) {
                // What failed by itself would fail again; what was stopped for a compilation has its turn behind it.
                if (!cancellation.isRequested) return null
            } finally {
                underWay -= cancellation
            }
        }
        return null
    }

    private companion object {
        /** Whoever evaluates all the time is not helped by completions. */
        const val ATTEMPTS = 5
    }
}
