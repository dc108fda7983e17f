package io.manhole.kotlin.engine

import io.manhole.repl.Diagnostic
import javax.script.ScriptException

/**
 * A script that cannot be compiled.
 *
 * @property diagnostics in the order of their positions; empty when the script is merely incomplete
 * @property isIncomplete whether the script is the beginning of something longer
 */
internal class KotlinCompilationException private constructor(
    message: String,
    line: Int,
    column: Int,
    val diagnostics: List<Diagnostic>,
    val isIncomplete: Boolean,
) : ScriptException(message, null, line, column) {
    companion object {
        private const val serialVersionUID = 1L

        fun incomplete() = KotlinCompilationException("the script is incomplete", -1, -1, emptyList(), true)

        fun rejected(script: String, problems: List<Problem>): KotlinCompilationException {
            val diagnostics =
                problems.map {
                    Diagnostic(Diagnostic.Severity.ERROR, it.message, lineOf(script, it.offset), columnOf(script, it.offset))
                }
            val first = diagnostics.first()
            return KotlinCompilationException(first.message, first.line, first.column, diagnostics, false)
        }
    }
}

/** A script that threw; the cause is what it threw. */
internal class KotlinEvaluationException(val thrown: Throwable) : ScriptException(describe(thrown)) {
    override val cause: Throwable get() = thrown

    companion object {
        /** Its class is the user's and may fail to say what it is. */
        fun describe(thrown: Throwable): String =
            try {
                thrown.toString()
            } catch (_: Throwable) {
                thrown.javaClass.name
            }

        private const val serialVersionUID = 1L
    }
}
