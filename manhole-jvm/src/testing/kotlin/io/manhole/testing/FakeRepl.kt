package io.manhole.testing

import io.manhole.repl.Completion
import io.manhole.repl.Diagnostic
import io.manhole.repl.EvalResult
import io.manhole.repl.Repl
import io.manhole.repl.ReplContext
import io.manhole.repl.ReplProvider
import io.manhole.repl.SymbolInfo
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger

/**
 * An engine whose language is as small as can be: `run NAME` runs what a test has put under that name; `begin` is
 * incomplete until an `end` follows; `let NAME N` declares, and `NAME plus N` adds; a command's name followed by `()` runs
 * it; what ends with `reject` cannot be compiled; a binding's name is its value; any other text is its own value.
 */
class FakeRepl(private val context: ReplContext) : Repl {
    private val declared = ConcurrentHashMap<String, Int>()

    /** The evaluation under way; null when there is none, or it was left behind. */
    @Volatile private var evaluation: Any? = null

    @Volatile private var isClosed = false

    /** Whether the evaluation that runs was asked to stop. */
    @Volatile var isInterrupted = false
        private set

    override fun eval(text: String): EvalResult {
        val own = Any().also { evaluation = it }
        return try {
            check(!isClosed) { "this session is closed" }
            evaluate(text)
        } catch (thrown: Throwable) {
            EvalResult.Failed(thrown)
        } finally {
            if (own === evaluation) {
                evaluation = null
                isInterrupted = false
            }
        }
    }

    private fun evaluate(text: String): EvalResult {
        val words = text.split(' ')
        return when {
            !isComplete(text) -> EvalResult.Incomplete()
            text.isBlank() || text == "nothing" -> EvalResult.NoValue()
            text == "null" -> EvalResult.Value(null, "Nothing?")
            text.endsWith("reject") -> EvalResult.Rejected(listOf(rejection(text)))
            words[0] == "let" -> declare(words)
            "plus" in words -> declared[words[0]]?.let { EvalResult.Value(it + words[2].toInt(), "Int") } ?: evaluate("${words[0]} reject")
            words[0] == "run" -> result(context.call { actions.getValue(words[1])(context).also(::print) })
            text.endsWith("()") -> command(text.removeSuffix("()"))
            text in context.bindings() -> EvalResult.Value(context.bindings()[text], "Any")
            else -> EvalResult.Value(text, "String")
        }
    }

    /** `let x 5`, and `let y 1 run NAME`, which does not declare if it throws, or was left behind. */
    private fun declare(words: List<String>): EvalResult {
        val own = evaluation
        if (words.size > 3) evaluate(words.drop(3).joinToString(" "))
        if (own === evaluation) declared[words[1]] = words[2].toInt()
        return EvalResult.NoValue()
    }

    private fun rejection(text: String): Diagnostic {
        val line = text.lines().last()
        return Diagnostic(Diagnostic.Severity.ERROR, "no such word", text.lines().size, line.indexOf("ject") + 1)
    }

    private fun command(name: String): EvalResult {
        val command = context.commands().single { it.name() == name }
        context.call { command.action().accept(emptyList()) }
        return EvalResult.NoValue()
    }

    private fun print(value: Any?) {
        if (value != Unit) context.print(value)
    }

    private fun result(value: Any?): EvalResult = if (value == Unit) EvalResult.NoValue() else EvalResult.Value(value, null)

    override fun isComplete(text: String) = !text.startsWith("begin") || text.trimEnd().endsWith("end")

    /** The methods of a binding behind its name and a dot; else the names that begin as the last word does. */
    override fun complete(text: String, cursor: Int): List<Completion> {
        actions["complete"]?.invoke(context)
        val word = text.substring(0, cursor).substringAfterLast(' ')
        val owner = context.bindings()[word.substringBefore('.')]
        if ('.' in word && owner != null) {
            val methods = owner.javaClass.methods.filter { it.name.startsWith(word.substringAfter('.')) }
            val start = cursor - word.substringAfter('.').length
            return methods.map { Completion(it.name, "function", it.returnType.simpleName, start) }.distinct()
        }
        val names = declared.keys + context.bindings().keys + context.commands().map { it.name() }
        return names.filter { it.startsWith(word) }.map { Completion(it, "property", null, cursor - word.length) }
    }

    override fun lookup(text: String, cursor: Int): SymbolInfo? {
        val word = text.substring(0, cursor).substringAfterLast(' ').substringAfterLast('.')
        if (declared.containsKey(word)) return SymbolInfo(word, "property", "let $word", "Int", null, "Declared.", "fake.txt", 3)
        if (word in context.bindings()) return SymbolInfo(word, "property", word, null, null, null, null, 0)
        return null
    }

    override fun interrupt() {
        isInterrupted = true
        interruptCount.incrementAndGet()
    }

    override fun abandon(evaluator: Thread): Boolean {
        evaluation = null
        isInterrupted = false
        return goesOn
    }

    override fun close() {
        if (!isClosed) closeCount.incrementAndGet()
        isClosed = true
    }

    companion object {
        /** What `run NAME` does; emptied after each test. */
        val actions = ConcurrentHashMap<String, (ReplContext) -> Any?>()

        // Sessions of one connection count on threads of their own.
        private val interruptCount = AtomicInteger()
        private val closeCount = AtomicInteger()

        val interrupts get() = interruptCount.get()

        /** How many engines were closed. */
        val closed get() = closeCount.get()

        /** Makes `run wait` wait until it is interrupted. The latch opens when so many of them do. */
        fun waits(times: Int = 1): CountDownLatch {
            val started = CountDownLatch(times)
            actions["wait"] = {
                started.countDown()
                CountDownLatch(1).await()
            }
            return started
        }

        /** What [Repl.abandon] answers. */
        @Volatile var goesOn = true

        fun reset() {
            actions.clear()
            interruptCount.set(0)
            closeCount.set(0)
            goesOn = true
        }
    }
}

class FakeReplProvider : ReplProvider {
    override fun name() = "fake"

    override fun open(context: ReplContext): Repl = FakeRepl(context)
}
