package io.manhole.kotlin.engine

import io.manhole.kotlin.SnippetClassLoader
import java.io.Reader
import java.lang.invoke.MethodHandles
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicInteger
import javax.script.AbstractScriptEngine
import javax.script.Bindings
import javax.script.Compilable
import javax.script.CompiledScript
import javax.script.Invocable
import javax.script.ScriptContext
import javax.script.ScriptEngineFactory
import javax.script.SimpleBindings

/**
 * The engine behind `javax.script`: scripts see the objects of the bindings that they are evaluated with, and the
 * declarations of scripts that ran before. Any number of threads may evaluate at a time.
 *
 * A script that declares nothing leaves nothing behind. What callers get, exceptions included, is of the JDK's classes or the
 * script's own.
 */
internal class JavaxScriptEngine(private val compiler: SharedCompiler) :
    AbstractScriptEngine(),
    Compilable,
    Invocable {
    val session = compiler.newSession()
    private val loader = SnippetClassLoader(compiler.application.loader, compiler.application.kotlinLoader())
    private val numbers = AtomicInteger()
    private val boundNames = BoundNames(NamedType(loader)) { source -> compiler.compile(source, nextName(), Scope.EMPTY) }
    private val functions = ScriptFunctions()
    private val lock = Any()

    /** Written under [lock]. */
    @Volatile
    private var scope = Scope.EMPTY

    init {
        // Compiled code calls it; nobody stops scripts here, whose threads are the caller's own.
        RuntimeClasses.guard(loader)
    }

    override fun getFactory(): ScriptEngineFactory = throw UnsupportedOperationException("the outer half has the factory")

    override fun createBindings(): Bindings = SimpleBindings()

    override fun eval(reader: Reader, context: ScriptContext): Any? = eval(reader.readText(), context)

    override fun eval(script: String, context: ScriptContext): Any? {
        val seen = scope
        val compiled = compile(script, seen, typesFor(script, seen, context), context)
        if (!compiled.declares) return run(compiled, privateLoader(), context)
        val value = run(compiled, loader, context)
        compiler.remember(compiled.snippet)
        synchronized(lock) { scope += compiled.declarations }
        return value
    }

    override fun compile(script: Reader): CompiledScript = compile(script.readText())

    override fun compile(script: String): CompiledScript {
        val seen = scope
        val types = typesFor(script, seen, context)
        val compiled = compile(script, seen, types, context, mayLackNames = true)
        return Compiled(script, seen, if (compiled == null) emptyMap() else mapOf(types to compiled))
    }

    /** The names that a script mentions, of objects that it is to see, with their types. */
    private fun typesFor(script: String, seen: Scope, context: ScriptContext): Map<String, String> {
        val mentioned = identifiers(script).filter { BoundNames.canBeNamed(it) && !seen.hides(it) }
        val (bound, others) = mentioned.partition { context.getAttributesScope(it) >= 0 }
        val types = waiting { boundNames.typesOf(bound.associateWith { context.getAttribute(it) }) }
        return types + BoundNames.STANDARD.filterKeys { it in others }
    }

    private fun compile(script: String, seen: Scope, types: Map<String, String>, context: ScriptContext) =
        checkNotNull(compile(script, seen, types, context, mayLackNames = false))

    /** @param mayLackNames whether null is wanted for a script that lacks nothing but names, which bindings may have later */
    private fun compile(script: String, seen: Scope, types: Map<String, String>, context: ScriptContext, mayLackNames: Boolean): Script? {
        val name = nextName()
        return when (val compilation = waiting { compiler.compile(script, name, seen.withBound(types)) }) {
            is Compilation.Done -> {
                Script(compilation.snippet)
            }

            is Compilation.Incomplete -> {
                throw ScriptFailures(context).incomplete(script)
            }

            is Compilation.Rejected -> {
                if (mayLackNames && compilation.problems.all { isLackOfName(it, script) }) return null
                throw ScriptFailures(context).rejected(script, compilation.problems)
            }
        }
    }

    private fun <T> waiting(task: () -> T): T =
        try {
            task()
        } catch (e: InterruptedException) {
            throw ScriptFailures.interrupted(e)
        } catch (e: RejectedExecutionException) {
            throw IllegalStateException("this engine is closed", e)
        }

    private fun nextName() = SnippetName(session, numbers.getAndIncrement())

    /** For what no later script sees: its classes go when nobody holds on to its objects. */
    private fun privateLoader() = SnippetClassLoader(loader, null)

    private fun run(compiled: Script, classes: SnippetClassLoader, context: ScriptContext): Any? =
        try {
            inEvaluatedCode { compiled.run(classes, context) }
        } catch (e: Throwable) {
            throw ScriptFailures(context).thrown(e, compiled.snippet.name)
        }

    private fun <T> inEvaluatedCode(code: () -> T): T = loader.asContextLoader(code)

    override fun invokeFunction(name: String, vararg arguments: Any?): Any? = invoke(functions.find(name, arguments))

    override fun invokeMethod(receiver: Any?, name: String, vararg arguments: Any?): Any? =
        invoke(functions.find(requireNotNull(receiver) { "there is no object to invoke $name on" }, name, arguments))

    private fun invoke(call: BoundCall): Any? =
        try {
            inEvaluatedCode { call.run() }
        } catch (e: Throwable) {
            throw ScriptFailures(context).thrown(e, null)
        }

    override fun <T> getInterface(type: Class<T>): T? = functions.implement(type, null, ::inEvaluatedCode)

    override fun <T> getInterface(receiver: Any?, type: Class<T>): T? =
        functions.implement(type, requireNotNull(receiver) { "there is no object to implement $type with" }, ::inEvaluatedCode)

    /** A compiled script with its classes as they are run. */
    private inner class Script(val snippet: CompiledSnippet) {
        private val classes = RuntimeClasses.of(snippet)

        /** Without the result, whose value the caller has. */
        private val names = snippet.names.filterNot { it.name == snippet.resultName }
        val declares = names.isNotEmpty() || snippet.starImports.isNotEmpty()
        val declarations
            get() = CompiledSnippet(snippet.name, snippet.classes, null, null, names, snippet.starImports, snippet.lines)

        fun run(loader: SnippetClassLoader, context: ScriptContext): Any? {
            val defined = DefinedSnippet(snippet, classes, loader)
            try {
                LOOKUP.findStaticSetter(defined.type, BoundNames.CONTEXT, ScriptContext::class.java).invoke(context)
            } catch (_: NoSuchFieldException) {
                // It mentions no name of the bindings.
            }
            val value = defined.run()
            functions.add(defined.type, names.filter { it.key.kind == VisibleName.Kind.FUNCTION })
            return value
        }
    }

    /**
     * A script compiled for what had been declared by then. It keeps its declarations to itself, and each evaluation makes
     * them afresh, in classes of its own.
     */
    private inner class Compiled(private val script: String, private val seen: Scope, compiled: Map<Map<String, String>, Script>) :
        CompiledScript() {
        /** One for each set of types that the bindings had, the latest used last; guarded by itself. */
        private val variants = LinkedHashMap(compiled)

        override fun getEngine() = this@JavaxScriptEngine

        override fun eval(context: ScriptContext): Any? = run(variantFor(context), privateLoader(), context)

        private fun variantFor(context: ScriptContext): Script {
            val types = typesFor(script, seen, context)
            val known = synchronized(variants) { variants.remove(types)?.also { variants[types] = it } }
            if (known != null) return known
            val compiled = compile(script, seen, types, context)
            synchronized(variants) {
                variants[types] = compiled
                if (variants.size > VARIANTS) variants.remove(variants.keys.first())
            }
            return compiled
        }
    }

    private companion object {
        val LOOKUP: MethodHandles.Lookup = MethodHandles.publicLookup()
        const val VARIANTS = 16

        fun isLackOfName(problem: Problem, script: String) =
            problem.code == "UNRESOLVED_REFERENCE" && script.substring(0, problem.offset).trimEnd().lastOrNull() != '.'
    }
}
