package io.manhole.kotlin.engine

import io.manhole.repl.Repl
import io.manhole.repl.ReplContext
import io.manhole.repl.ReplProvider
import java.nio.file.Path
import java.util.IdentityHashMap
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicInteger
import javax.script.AbstractScriptEngine
import javax.script.ScriptContext

/**
 * The engine's door, entered from outside by reflection. Its methods are called on the compiler's thread only.
 *
 * @param thread runs tasks on the compiler's thread
 * @param jars the files that the engine was loaded from
 */
public class EngineReplProvider(private val thread: Executor, jars: List<Path>) :
    ReplProvider,
    AutoCloseable {
    /** @property open sessions not yet closed, counted down by the threads that close them */
    private class Shared(val compiler: SharedCompiler, var sessions: Int, val open: AtomicInteger = AtomicInteger()) {
        fun isUsable() = sessions > 0 || compiler.resume()
    }

    private val stdlib = jars.single { it.fileName.toString().startsWith("kotlin-stdlib-") }

    /** By the application's loader; confined to the compiler's thread. */
    private val compilers = IdentityHashMap<ClassLoader, Shared>()

    override fun name(): String = "kotlin"

    override fun open(context: ReplContext): Repl {
        val loader = context.classLoader()
        val shared = acquire(loader, context.bindings().values)
        try {
            val engine = KotlinScriptEngine(KotlinScriptEngineFactory(shared.compiler), shared.compiler, context.commands())
            engine.getBindings(ScriptContext.ENGINE_SCOPE).putAll(context.bindings())
            engine.declareBindings()
            NameWarnings(context).warn(engine, shared.compiler)
            shared.compiler.warning?.let(context::warn)
            if (shared.sessions == 1) shared.compiler.warmUp()
            return KotlinRepl(engine, context) {
                if (shared.open.decrementAndGet() == 0) shared.compiler.coolDown()
                onThread { release(loader) }
            }
        } catch (e: Throwable) {
            shared.open.decrementAndGet()
            release(loader)
            throw e
        }
    }

    /**
     * An engine for `javax.script`, and what gives it back, which any thread may run, once, and which keeps nothing of the
     * engine's or of the scripts' in memory.
     */
    public fun scriptEngine(loader: ClassLoader): Map.Entry<AbstractScriptEngine, Runnable> {
        val shared = acquire(loader, emptyList())
        try {
            val engine = JavaxScriptEngine(shared.compiler)
            return java.util.Map.entry(engine, giveBack(loader, shared, engine.session))
        } catch (e: Throwable) {
            giveBack(loader, shared, null).run()
            throw e
        }
    }

    private fun giveBack(loader: ClassLoader, shared: Shared, session: Int?) =
        Runnable {
            session?.let(shared.compiler::forgetSession)
            if (shared.open.decrementAndGet() == 0) shared.compiler.coolDown()
            onThread { release(loader) }
        }

    private fun acquire(loader: ClassLoader, objects: Collection<Any?>): Shared {
        if (compilers[loader]?.isUsable() != true) closeIdle()
        val shared = compilers.getOrPut(loader) { Shared(SharedCompiler(Application(loader, stdlib, objects), thread), 0) }
        shared.sessions++
        shared.open.incrementAndGet()
        return shared
    }

    private fun onThread(task: () -> Unit) {
        try {
            thread.execute(task)
        } catch (_: RejectedExecutionException) {
            // The engine is on its way out and takes every compiler with it.
        }
    }

    private fun release(loader: ClassLoader) {
        val shared = compilers[loader] ?: return
        if (--shared.sessions > 0) return
        // The last one stays for who comes back, as long as the engine does, unless other objects may be at hand by then.
        if (compilers.size > 1 || shared.compiler.application.loadedClasses != null) closeIdle() else shared.compiler.rest()
    }

    private fun closeIdle() = compilers.values.removeIf { shared -> (shared.sessions == 0).also { if (it) shared.compiler.close() } }

    override fun close() {
        compilers.values.forEach { it.compiler.close() }
        compilers.clear()
    }
}
