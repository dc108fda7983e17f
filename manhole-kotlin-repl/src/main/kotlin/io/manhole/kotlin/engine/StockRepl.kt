package io.manhole.kotlin.engine

import io.manhole.kotlin.SnippetClassLoader
import io.manhole.repl.Diagnostic
import io.manhole.repl.EvalResult
import io.manhole.repl.Repl
import io.manhole.repl.ReplContext
import java.lang.reflect.InvocationTargetException
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicReference

/** A session's prompt on the stock compiler. Created on the compiler's thread. */
internal class StockRepl(application: Application, private val context: ReplContext, private val thread: Executor) : Repl {
    private val compiler = StockCompiler(application)
    private val loader = SnippetClassLoader(application.loader, application.kotlinLoader())
    private val guard = RuntimeClasses.guard(loader)
    private val closed = AtomicBoolean()

    /** An instance of each snippet's class, which later ones are given. */
    @Volatile
    private var instances = emptyList<Any>()

    /** What is under way, or null. */
    private val current = AtomicReference<Evaluation>()

    init {
        declareBindings()
    }

    private fun declareBindings() {
        val types = HashMap<CompiledSnippet, String>(1)
        val commands = context.commands().filter { it.name !in context.bindings() }
        val declared =
            BindingDeclarations(NamedType(loader)).declare(context.bindings(), commands) { source ->
                val compiled = compiler.compile(source, SESSION)
                (compiled.compilation as? Compilation.Done)?.let { types[it.snippet] = checkNotNull(compiled.type) }
                compiled.compilation
            }
        for ((prelude, snippet) in declared.preludes) {
            val instance = instantiate(snippet, types.getValue(snippet)) { instances += it }

            @Suppress("UNCHECKED_CAST")
            val values = instance.javaClass.getField(Prelude.VALUES).get(instance) as MutableMap<String, Any?>
            values.putAll(prelude.values(context.bindings()))
        }
        declared.left.forEach { (name, reason) -> context.warn("'$name' is not available here: $reason") }
    }

    override fun eval(text: String): EvalResult {
        if (closed.get()) return EvalResult.Failed(IllegalStateException("this session is closed"))
        return guard.evaluate {
            val evaluation = Evaluation()
            current.set(evaluation)
            try {
                evaluate(text, evaluation)
            } finally {
                current.compareAndSet(evaluation, null)
            }
        }
    }

    private fun evaluate(text: String, evaluation: Evaluation): EvalResult {
        val cancellation = Cancellation { false }
        val compiled =
            try {
                submit { cancellation.during { evaluation.compile(text) } }.await()
            } catch (_: InterruptedException) {
                cancellation.request()
                evaluation.takeBack()
                return EvalResult.Failed(CancellationException("interrupted while waiting for the compiler"))
            } catch (e: RejectedExecutionException) {
                return EvalResult.Failed(IllegalStateException("this session is closed", e))
            }
        return when (val compilation = compiled.compilation) {
            is Compilation.Incomplete -> EvalResult.Incomplete()
            is Compilation.Rejected -> EvalResult.Rejected(compilation.problems.map { diagnostic(text, it) })
            is Compilation.Done -> run(compilation.snippet, checkNotNull(compiled.type), evaluation)
        }
    }

    /**
     * The compiler lets later snippets see what it has compiled, whether it has been run or not. So what does not end well is
     * taken back.
     */
    private inner class Evaluation {
        /** Confined to the compiler's thread. */
        private var isInHistory = false

        /** Guarded by this. */
        private var isLeftBehind = false

        /** Guarded by this. */
        private var isKept = false

        /** On the compiler's thread. */
        fun compile(text: String): StockCompilation {
            val compiled = compiler.compile(text, SESSION)
            if (compiled.compilation is Compilation.Done) {
                isInHistory = true
                if (synchronized(this) { isLeftBehind }) forget()
            }
            return compiled
        }

        /** From now on later snippets are given the instance. */
        fun keep(instance: Any) =
            synchronized(this) {
                if (isLeftBehind) throw CancellationException("left behind")
                isKept = true
                instances += instance
            }

        fun takeBack() {
            synchronized(this) {
                if (isKept) return
                isLeftBehind = true
            }
            try {
                thread.execute(::forget)
            } catch (_: RejectedExecutionException) {
                // The compiler has gone with all that it remembers.
            }
        }

        private fun forget() {
            if (isInHistory && !closed.get()) compiler.forgetLast()
            isInHistory = false
        }
    }

    private fun diagnostic(text: String, problem: Problem) =
        Diagnostic(Diagnostic.Severity.ERROR, problem.message, lineOf(text, problem.offset), columnOf(text, problem.offset))

    private fun run(snippet: CompiledSnippet, type: String, evaluation: Evaluation): EvalResult =
        try {
            val value =
                context.call {
                    guard.runHere { loader.asContextLoader { result(instantiate(snippet, type, evaluation::keep), snippet) } }
                }
            if (snippet.resultName == null) EvalResult.NoValue() else EvalResult.Value(value, snippet.resultType)
        } catch (e: Throwable) {
            evaluation.takeBack()
            EvalResult.Failed(e)
        }

    /** Runs the snippet: its code is the constructor's. */
    private fun instantiate(snippet: CompiledSnippet, type: String, keep: (Any) -> Unit): Any {
        loader.add(RuntimeClasses.of(snippet))
        val constructor = Class.forName(type, false, loader).constructors.single()
        val instance =
            try {
                if (constructor.parameterCount == 0) constructor.newInstance() else constructor.newInstance(instances.toTypedArray())
            } catch (e: InvocationTargetException) {
                throw e.targetException
            }
        keep(instance)
        return instance
    }

    private fun result(instance: Any, snippet: CompiledSnippet): Any? {
        val field = instance.javaClass.getDeclaredField(snippet.resultName ?: return null)
        field.isAccessible = true
        return field.get(instance).also(context::print)
    }

    private fun <T> submit(task: () -> T): CompletableFuture<T> {
        val result = CompletableFuture<T>()
        thread.execute {
            try {
                result.complete(task())
            } catch (e: Throwable) {
                result.completeExceptionally(e)
            }
        }
        return result
    }

    override fun isComplete(text: String): Boolean =
        try {
            closed.get() || !submit { compiler.isIncomplete(text) }.await()
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
            true
        } catch (_: RejectedExecutionException) {
            true
        }

    override fun interrupt() = guard.interrupt()

    override fun abandon(evaluator: Thread): Boolean {
        val evaluation = current.getAndSet(null)
        guard.abandon(evaluator)
        evaluation?.takeBack()
        return !closed.get()
    }

    override fun close() {
        if (closed.compareAndSet(false, true)) {
            guard.interrupt()
            try {
                thread.execute(compiler::close)
            } catch (_: RejectedExecutionException) {
                // All of the engine has gone.
            }
        }
    }

    private companion object {
        /** The compiler is this session's alone. */
        const val SESSION = 0
    }
}
