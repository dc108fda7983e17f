package io.manhole.kotlin

import io.manhole.repl.EvalResult
import io.manhole.repl.RecordingContext
import io.manhole.repl.Repl

/** Keeps one session open from the first use to the end of all specs, so that the compiler is begun only once. */
object SharedSessions {
    private val keeper = lazy { KotlinReplProvider().open(RecordingContext()) }

    fun open(context: io.manhole.repl.ReplContext = RecordingContext()): Repl {
        keeper.value
        return KotlinReplProvider().open(context)
    }

    fun close() {
        if (keeper.isInitialized()) keeper.value.close()
    }
}

/** The result as one line, to compare with. */
fun Repl.show(text: String): String =
    when (val result = eval(text)) {
        is EvalResult.Value -> "${result.value()}: ${result.type()}"
        is EvalResult.NoValue -> "nothing"
        is EvalResult.Incomplete -> "incomplete"
        is EvalResult.Rejected -> result.diagnostics().joinToString("; ") { "${it.line()}:${it.column()} ${it.message()}" }
        is EvalResult.Failed -> "thrown ${result.thrown()}"
    }
