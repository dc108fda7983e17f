package io.manhole.kotlin.engine

import io.manhole.repl.Completion
import io.manhole.repl.EvalResult
import io.manhole.repl.Repl
import io.manhole.repl.ReplContext
import io.manhole.repl.SymbolInfo
import java.util.concurrent.CancellationException
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicBoolean

/** A session's prompt on a script engine of its own. */
internal class KotlinRepl(private val engine: KotlinScriptEngine, private val context: ReplContext, private val onClose: () -> Unit) :
    Repl {
    private val closed = AtomicBoolean()

    override fun eval(text: String): EvalResult =
        if (closed.get()) EvalResult.Failed(closedSession(null)) else engine.guard.evaluate { evaluate(text) }

    private fun evaluate(text: String): EvalResult =
        try {
            val script = engine.compile(text)
            val value =
                context.call {
                    engine.guard.runHere { script.eval().also { if (script.snippet.resultName != null) context.print(it) } }
                }
            if (script.snippet.resultName == null) EvalResult.NoValue() else EvalResult.Value(value, script.snippet.resultType)
        } catch (e: KotlinCompilationException) {
            if (e.isIncomplete) EvalResult.Incomplete() else EvalResult.Rejected(e.diagnostics)
        } catch (e: KotlinEvaluationException) {
            strangers(e.thrown)?.let(context::warn)
            EvalResult.Failed(e.thrown)
        } catch (_: InterruptedException) {
            EvalResult.Failed(CancellationException("interrupted while waiting for the compiler"))
        } catch (e: RejectedExecutionException) {
            EvalResult.Failed(closedSession(e))
        }

    /** What the JVM's message on two classes of one name does not say. */
    private fun strangers(thrown: Throwable): String? {
        if (thrown !is ClassCastException) return null
        val (older, newer) = SNIPPET_CLASS.findAll(thrown.message.orEmpty()).take(2).toList().takeIf { it.size == 2 } ?: return null
        val name = older.groupValues[1]
        if (newer.groupValues[1] != name || older.value == newer.value) return null
        return "$name was declared anew, and the object is still of the older $name: make it again, or keep to one declaration"
    }

    private fun closedSession(cause: Throwable?) = IllegalStateException("this session is closed", cause)

    override fun isComplete(text: String): Boolean = closed.get() || ask(true) { engine.isComplete(text) }

    override fun complete(text: String, cursor: Int): List<Completion> =
        if (closed.get()) emptyList() else ask(emptyList()) { engine.complete(text, cursor) }

    override fun lookup(text: String, cursor: Int): SymbolInfo? = if (closed.get()) null else ask(null) { engine.lookup(text, cursor) }

    /** The answer, or another where none is to be had any longer. */
    private fun <T> ask(otherwise: T, question: () -> T): T =
        try {
            question()
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
            otherwise
        } catch (_: RejectedExecutionException) {
            otherwise
        }

    override fun interrupt() = engine.guard.interrupt()

    override fun abandon(evaluator: Thread): Boolean {
        engine.guard.abandon(evaluator)
        return !closed.get()
    }

    override fun close() {
        if (closed.compareAndSet(false, true)) {
            engine.guard.interrupt()
            engine.close()
            onClose()
        }
    }

    private companion object {
        val SNIPPET_CLASS = Regex("\\br\\d+_\\d+\\.S\\d+\\$([\\w$]+)")
    }
}
