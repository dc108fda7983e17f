package io.manhole.kotlin.engine

import javax.script.ScriptContext
import javax.script.ScriptEngine
import javax.script.ScriptException

/** What callers are told of scripts that fail: exceptions of the JDK's own class, which keep nothing of the engine. */
internal class ScriptFailures(context: ScriptContext) {
    private val file = context.getAttribute(ScriptEngine.FILENAME)?.toString() ?: "script"

    fun incomplete(script: String) =
        located("the script is incomplete: more is expected at its end", lineOf(script, script.length), columnOf(script, script.length))

    fun rejected(script: String, problems: List<Problem>): ScriptException {
        val first = problems.first()
        val others = problems.drop(1).take(OTHERS).map { "; line ${lineOf(script, it.offset)}: ${it.message}" }
        val more = if (problems.size > OTHERS + 1) "; and ${problems.size - OTHERS - 1} more" else ""
        return located(
            first.message + others.joinToString("") + more,
            lineOf(script, first.offset),
            columnOf(script, first.offset),
        )
    }

    /** Found by the frame of the script in the stack trace; the column is not known then. */
    fun thrown(thrown: Throwable, snippet: SnippetName?): ScriptException {
        val frame =
            thrown.stackTrace.firstOrNull { frame ->
                val name = frame.className
                snippet != null && (name == snippet.qualified || name.startsWith(snippet.qualified + "$"))
            }
        return located(KotlinEvaluationException.describe(thrown), frame?.lineNumber ?: -1, -1).apply { initCause(thrown) }
    }

    private fun located(message: String, line: Int, column: Int) = ScriptException(message, file, line, column)

    companion object {
        private const val OTHERS = 4

        /** The interrupt stays noted. */
        fun interrupted(e: InterruptedException): ScriptException {
            Thread.currentThread().interrupt()
            return ScriptException("interrupted while waiting for the compiler").apply { initCause(e) }
        }
    }
}
