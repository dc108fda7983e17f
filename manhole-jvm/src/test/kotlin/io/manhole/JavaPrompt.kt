package io.manhole

import io.manhole.repl.EvalResult
import io.manhole.repl.RecordingContext
import io.manhole.repl.Repl
import io.manhole.repl.ReplContext

/** Opens a Java prompt without a socket. */
object JavaPrompt {
    fun open(context: ReplContext = RecordingContext()): Repl = JavaReplProvider().open(context)
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
