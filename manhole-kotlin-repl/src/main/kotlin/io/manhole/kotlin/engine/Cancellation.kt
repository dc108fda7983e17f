package io.manhole.kotlin.engine

import org.jetbrains.kotlin.progress.CompilationCanceledException
import org.jetbrains.kotlin.progress.CompilationCanceledStatus
import org.jetbrains.kotlin.progress.ProgressIndicatorAndCompilationCanceledStatus
import java.time.Duration

/**
 * Ends one compilation early: when nobody waits for it any longer, or when it has taken too long.
 *
 * @param othersWait whether it holds up somebody else; asked by the compiler's thread
 */
internal class Cancellation(private val othersWait: () -> Boolean) : CompilationCanceledStatus {
    @Volatile
    private var requested = false

    val isRequested: Boolean get() = requested

    /** Set by the compiler's thread, read by it. */
    private var begunNanos = 0L

    /** Any thread may ask. */
    fun request() {
        requested = true
    }

    override fun checkCanceled() {
        if (requested || isTooLong(System.nanoTime() - begunNanos)) throw CompilationCanceledException()
    }

    private fun isTooLong(nanos: Long) = nanos > SHARED_LIMIT.toNanos() && (nanos > LIMIT.toNanos() || othersWait())

    /** Runs the task, during which the compiler asks from time to time whether to go on. */
    fun <T> during(task: () -> T): T {
        begunNanos = System.nanoTime()
        ProgressIndicatorAndCompilationCanceledStatus.setCompilationCanceledStatus(this)
        try {
            checkCanceled()
            return task()
        } finally {
            ProgressIndicatorAndCompilationCanceledStatus.setCompilationCanceledStatus(null)
        }
    }

    companion object {
        /** A snippet takes tens of milliseconds; some texts take the compiler exponential time. */
        val LIMIT: Duration = Duration.ofSeconds(60)

        /** While others wait, who can do nothing about it. */
        val SHARED_LIMIT: Duration = Duration.ofSeconds(10)
    }
}
