package io.manhole.kotlin.engine

import io.manhole.kotlin.SnippetClassLoader
import io.manhole.repl.Completion
import io.manhole.repl.ReplCommand
import io.manhole.repl.SymbolInfo
import java.io.Reader
import java.util.concurrent.atomic.AtomicInteger
import javax.script.AbstractScriptEngine
import javax.script.Bindings
import javax.script.Compilable
import javax.script.CompiledScript
import javax.script.ScriptContext
import javax.script.ScriptEngineFactory
import javax.script.ScriptException
import javax.script.SimpleBindings

/**
 * One session as a script engine: every script is a snippet that sees the declarations of those that ran before it.
 *
 * Any thread may evaluate, one at a time. The objects of the engine scope are visible by their names.
 */
internal class KotlinScriptEngine(
    private val factory: KotlinScriptEngineFactory,
    private val compiler: SharedCompiler,
    private val commands: List<ReplCommand> = emptyList(),
) : AbstractScriptEngine(),
    Compilable,
    AutoCloseable {
    private val session = compiler.newSession()
    private val loader = SnippetClassLoader(compiler.application.loader, compiler.application.kotlinLoader())
    private val declarations = BindingDeclarations(NamedType(loader))
    private val numbers = AtomicInteger()

    /** Written by the thread that evaluates. */
    @Volatile
    private var scope = Scope.EMPTY

    /** What each declared binding's value was like. Written by the thread that evaluates. */
    @Volatile
    private var declared: Map<String, Shape>? = null
    private val latestError = LatestError()

    /** Names that could not be declared, with the compiler's message. */
    @Volatile
    var undeclared: Map<String, String> = emptyMap()
        private set

    val guard = RuntimeClasses.guard(loader)

    override fun getFactory(): ScriptEngineFactory = factory

    override fun createBindings(): Bindings = SimpleBindings()

    override fun eval(script: String, context: ScriptContext): Any? = compile(script).eval(context)

    override fun eval(reader: Reader, context: ScriptContext): Any? = eval(reader.readText(), context)

    override fun compile(script: Reader): CompiledScript = compile(script.readText())

    /**
     * Compiles a script for the names visible now.
     *
     * @throws KotlinCompilationException when the script is wrong or incomplete
     * @throws InterruptedException when the thread is interrupted while it waits for the compiler
     */
    @Throws(ScriptException::class, InterruptedException::class)
    override fun compile(script: String): CompiledKotlinScript {
        declareBindings()
        declareHelpers(script)
        return when (val compilation = compiler.compile(script, nextName(), scope)) {
            is Compilation.Done -> CompiledKotlinScript(this, compilation.snippet)
            is Compilation.Incomplete -> throw KotlinCompilationException.incomplete()
            is Compilation.Rejected -> throw KotlinCompilationException.rejected(script, compilation.problems)
        }
    }

    fun isComplete(script: String): Boolean = !compiler.isIncomplete(script).await()

    /** What could stand at the cursor of a text. Any thread may ask, also while another evaluates; no binding is looked at. */
    @Throws(InterruptedException::class)
    fun complete(script: String, cursor: Int): List<Completion> =
        compiler.complete(script, cursor, SnippetName(session, numbers.get()), scope)

    /** What the name at the cursor of a text is, or null. Any thread may ask, also while another evaluates. */
    @Throws(InterruptedException::class)
    fun lookup(script: String, cursor: Int): SymbolInfo? {
        val descriptions = commands.associate { it.name to it.description }
        return compiler.lookup(script, cursor, SnippetName(session, numbers.get()), scope, descriptions)
    }

    /** What decides which type a binding is declared with. */
    private data class Shape(val type: Class<*>?, val contents: Contents)

    /** Compiles what only few sessions use when it is first mentioned. */
    private fun declareHelpers(script: String) {
        for (helper in Helpers.mentionedIn(script)) {
            if (scope.has(helper)) continue
            val compilation = compiler.compileOnce(Helpers.source(helper), ::nextName)
            if (compilation is Compilation.Done) run(compilation.snippet)
        }
    }

    /** Compiles accessors for bindings that are new or no longer of the class they had, or hold others. */
    fun declareBindings() {
        val bindings = getBindings(ScriptContext.ENGINE_SCOPE).filterKeys(::canBeNamed)
        val shapes = bindings.mapValues { (_, value) -> Shape(value?.javaClass, Contents.of(value)) }
        val known = declared
        if (known == shapes) return
        val changed = LinkedHashMap(bindings.filterKeys { known == null || known[it] != shapes[it] })
        if (known == null) changed.putIfAbsent(LatestError.NAME, LatestError.PLACE)
        // Commands come with the first prelude; a binding of the same name hides the command.
        val functions = if (known == null) commands.filter { it.name !in bindings } else emptyList()
        val result =
            declarations.declare(changed, functions) { source -> compiler.compileOnce(source, ::nextName) }
        for ((prelude, snippet) in result.preludes) {
            run(snippet)
            val values = values(snippet)
            values.putAll(prelude.values(changed))
            if (prelude.declares(LatestError.NAME) && changed[LatestError.NAME] === LatestError.PLACE) latestError.declaredIn(values)
        }
        undeclared = undeclared + result.left
        // The user's first snippet is number 1.
        numbers.compareAndSet(0, 1)
        declared = shapes
    }

    private fun values(prelude: CompiledSnippet): MutableMap<String, Any?> {
        val field = Class.forName(prelude.name.qualified, false, loader).getField(Prelude.VALUES)
        @Suppress("UNCHECKED_CAST")
        return field.get(null) as MutableMap<String, Any?>
    }

    private fun nextName() = SnippetName(session, numbers.getAndIncrement())

    /**
     * Runs a snippet on the calling thread, and lets later ones see its declarations if it ends well.
     *
     * @return its value; null also when it has none
     * @throws Throwable what the snippet threw, as it is
     */
    fun run(snippet: CompiledSnippet): Any? =
        try {
            loader
                .asContextLoader { DefinedSnippet(snippet, RuntimeClasses.of(snippet), loader).run() }
                .also {
                    guard.unlessAbandoned {
                        compiler.remember(snippet)
                        scope += snippet
                    }
                }
        } catch (e: Throwable) {
            latestError.set(e)
            throw e
        }

    override fun close() = compiler.forgetSession(session)

    private companion object {
        /** What no Kotlin name may contain, even between backticks. */
        const val FORBIDDEN = ".;:/[]<>\\`\n\r"

        fun canBeNamed(name: String) = name.isNotEmpty() && name.none { it in FORBIDDEN }
    }
}

/** A snippet, compiled for the names that were visible then. */
internal class CompiledKotlinScript(private val engine: KotlinScriptEngine, val snippet: CompiledSnippet) : CompiledScript() {
    override fun getEngine() = engine

    /** @throws KotlinEvaluationException with what the script threw as its cause */
    override fun eval(context: ScriptContext?): Any? =
        try {
            engine.run(snippet)
        } catch (e: Throwable) {
            throw KotlinEvaluationException(e)
        }
}
