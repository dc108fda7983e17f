package io.manhole.testing

import io.manhole.repl.Diagnostic
import io.manhole.repl.EvalResult
import io.manhole.repl.Repl
import io.manhole.repl.ReplContext
import io.manhole.repl.ReplProvider
import java.util.concurrent.ConcurrentHashMap

/**
 * An engine whose language is as small as can be: `run NAME` runs what a test has put under that name; `begin` is
 * incomplete until an `end` follows; a command's name followed by `()` runs it; `reject` cannot be compiled; a binding's
 * name is its value; any other text is its own value.
 */
class FakeRepl(private val context: ReplContext) : Repl {
    override fun eval(text: String): EvalResult =
        try {
            when {
                !isComplete(text) -> EvalResult.Incomplete()
                text == "nothing" -> EvalResult.NoValue()
                text == "null" -> EvalResult.Value(null, "Nothing?")
                text == "reject" -> EvalResult.Rejected(listOf(rejection))
                text.startsWith("run ") -> result(actions.getValue(text.removePrefix("run ").trim())(context))
                text.endsWith("()") -> command(text.removeSuffix("()"))
                text in context.bindings() -> EvalResult.Value(context.bindings()[text], "Any")
                else -> EvalResult.Value(text, "String")
            }
        } catch (thrown: Throwable) {
            EvalResult.Failed(thrown)
        }

    private fun command(name: String): EvalResult {
        context
            .commands()
            .single { it.name() == name }
            .action()
            .accept(emptyList())
        return EvalResult.NoValue()
    }

    private fun result(value: Any?): EvalResult = if (value == Unit) EvalResult.NoValue() else EvalResult.Value(value, null)

    override fun isComplete(text: String) = !text.startsWith("begin") || text.trimEnd().endsWith("end")

    override fun interrupt() {
        interrupts++
    }

    override fun close() {
        closed++
    }

    companion object {
        private val rejection = Diagnostic(Diagnostic.Severity.ERROR, "no such word", 1, 3)

        /** What `run NAME` does; emptied after each test. */
        val actions = ConcurrentHashMap<String, (ReplContext) -> Any?>()

        @Volatile var interrupts = 0

        @Volatile var closed = 0

        fun reset() {
            actions.clear()
            interrupts = 0
            closed = 0
        }
    }
}

class FakeReplProvider : ReplProvider {
    override fun name() = "fake"

    override fun open(context: ReplContext): Repl = FakeRepl(context)
}
