package io.manhole.kotlin.engine

import org.jetbrains.kotlin.progress.CompilationCanceledException
import org.jetbrains.kotlin.progress.CompilationCanceledStatus
import org.jetbrains.kotlin.progress.ProgressIndicatorAndCompilationCanceledStatus
import java.time.Duration

/** Ends one compilation early: when nobody waits for it any longer, or when it has taken too long. */
internal class Cancellation : CompilationCanceledStatus {
    @Volatile
    private var requested = false

    val isRequested: Boolean get() = requested

    /** Set by the compiler's thread, read by it. */
    private var deadlineNanos = 0L

    /** Any thread may ask. */
    fun request() {
        requested = true
    }

    override fun checkCanceled() {
        if (requested || System.nanoTime() - deadlineNanos > 0) throw CompilationCanceledException()
    }

    /** Runs the task, during which the compiler asks from time to time whether to go on. */
    fun <T> during(task: () -> T): T {
        deadlineNanos = System.nanoTime() + LIMIT.toNanos()
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
    }
}
