package io.manhole.kotlin.engine

import org.jetbrains.kotlin.scripting.compiler.plugin.impl.KJvmReplCompilerBase
import org.jetbrains.kotlin.scripting.compiler.plugin.impl.ReplCompilationState
import org.jetbrains.kotlin.scripting.compiler.plugin.repl.ReplCodeAnalyzerBase
import java.io.File
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine
import kotlin.script.experimental.api.ResultWithDiagnostics
import kotlin.script.experimental.api.ScriptCompilationConfiguration
import kotlin.script.experimental.api.ScriptDiagnostic
import kotlin.script.experimental.api.compilerOptions
import kotlin.script.experimental.api.valueOrNull
import kotlin.script.experimental.host.StringScriptSource
import kotlin.script.experimental.jvm.defaultJvmScriptingHostConfiguration
import kotlin.script.experimental.jvm.impl.KJvmCompiledModuleInMemory
import kotlin.script.experimental.jvm.impl.KJvmCompiledScript
import kotlin.script.experimental.jvm.jdkHome
import kotlin.script.experimental.jvm.jvm
import kotlin.script.experimental.jvm.updateClasspath

/**
 * The compiler that the stock script engine is made of, asked directly: the engine around it drops positions and the difference
 * between null and nothing, and runs what it compiles on the spot.
 *
 * It keeps every snippet, works on one thread only, and reads no jars within jars.
 */
internal class StockCompiler(application: Application) : AutoCloseable {
    private val configuration =
        ScriptCompilationConfiguration {
            jvm {
                updateClasspath(application.classPath.filterIsInstance<ClassPathEntry.OnDisk>().map { it.file })
                jdkHome(File(System.getProperty("java.home")))
            }
            compilerOptions(
                "-Xskip-metadata-version-check",
                "-Xskip-prerelease-check",
                "-jvm-target",
                "17",
                // Newer JVMs warn of the way in which the other one frees its memory.
                "-Xuse-fast-jar-file-system=false",
            )
        }
    private val compiler = KJvmReplCompilerBase<ReplCodeAnalyzerBase>(defaultJvmScriptingHostConfiguration)
    private val state = compiler.state.getCompilationState(configuration) as ReplCompilationState<*>
    private val retention = StockRetention(state)
    private var lines = 0

    fun isIncomplete(code: String): Boolean =
        try {
            TextLimits.exceededBy(code) == null && SnippetText.parse(state.environment.project, code).isIncomplete
        } catch (_: StackOverflowError) {
            false
        }

    /** Compiles a text that sees what all earlier ones declared, unless they were [forgotten][forgetLast]. */
    fun compile(code: String, session: Int): StockCompilation =
        try {
            val problem = TextLimits.exceededBy(code)
            val text = SnippetText.parse(state.environment.project, code)
            when {
                problem != null -> StockCompilation(Compilation.Rejected(listOf(problem)))
                text.isIncomplete -> StockCompilation(Compilation.Incomplete)
                text.errors.isNotEmpty() -> StockCompilation(Compilation.Rejected(text.errors))
                else -> compileLine(code, session)
            }
        } catch (e: Throwable) {
            StockCompilation(Compilation.Rejected(listOf(SnippetCompiler.crash(e))))
        }

    private fun compileLine(code: String, session: Int): StockCompilation {
        val number = lines++
        val source = StringScriptSource(code, "Line_$number.kts")
        val result = await { compiler.compile(listOf(source), configuration) }
        val script = result.valueOrNull()?.get() ?: return StockCompilation(rejected(result, code))
        retention.clear(compiler.state.history.map { it.item })
        return StockCompilation(Compilation.Done(snippet(script, SnippetName(session, number), code)), script.scriptClassFQName)
    }

    private fun snippet(script: KJvmCompiledScript, name: SnippetName, code: String): CompiledSnippet {
        val files = (script.getCompiledModule() as KJvmCompiledModuleInMemory).compilerOutputFiles
        val classes = files.filterKeys { it.endsWith(CLASS_SUFFIX) }.mapKeys { it.key.removeSuffix(CLASS_SUFFIX) }
        val result = script.resultField
        val type = result?.second?.typeName?.let { PACKAGES.replace(it, "") }
        return CompiledSnippet(name, classes, result?.first, type, emptyList(), emptyList(), code.count { it == '\n' } + 1)
    }

    private fun rejected(result: ResultWithDiagnostics<*>, code: String): Compilation {
        val errors = result.reports.filter { it.severity >= ScriptDiagnostic.Severity.ERROR }
        if (errors.any { it.code == ScriptDiagnostic.incompleteCode }) return Compilation.Incomplete
        val problems =
            errors.map { error ->
                val start = error.location?.start
                Problem(STOCK, error.message, if (start == null) 0 else offsetOf(code, start.line, start.col))
            }
        return Compilation.Rejected(problems.sortedBy { it.offset }.ifEmpty { listOf(Problem(STOCK, "the compiler does not say why", 0)) })
    }

    /** Takes the latest snippet back, as if it had not been compiled. */
    fun forgetLast() {
        val history = compiler.state.history
        history.pop()
        val last = history.lastOrNull()
        if (last == null) state.analyzerEngine.reset() else state.analyzerEngine.resetToLine(last.id)
    }

    override fun close() = compiler.state.dispose()

    private companion object {
        const val STOCK = "STOCK"
        val PACKAGES = Regex("\\bkotlin\\.(collections\\.)?(?=[A-Z])")

        fun offsetOf(code: String, line: Int, column: Int): Int {
            val start = code.lineSequence().take(line - 1).sumOf { it.length + 1 }
            return (start + column - 1).coerceIn(0, code.length)
        }

        /** The compiler's functions can be suspended, and never are. */
        fun <T> await(task: suspend () -> T): T {
            var result: Result<T>? = null
            task.startCoroutine(Continuation(EmptyCoroutineContext) { result = it })
            return checkNotNull(result) { "the compiler has suspended" }.getOrThrow()
        }
    }
}

/** @property type the class to make an instance of, where there is one */
internal class StockCompilation(val compilation: Compilation, val type: String? = null)
