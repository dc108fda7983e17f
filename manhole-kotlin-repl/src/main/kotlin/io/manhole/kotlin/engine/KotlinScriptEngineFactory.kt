package io.manhole.kotlin.engine

import javax.script.ScriptEngine
import javax.script.ScriptEngineFactory

/** Makes engines for one application. */
internal class KotlinScriptEngineFactory(private val compiler: SharedCompiler) : ScriptEngineFactory {
    override fun getEngineName() = "manhole-kotlin"

    override fun getEngineVersion(): String = KotlinVersion.CURRENT.toString()

    override fun getExtensions() = listOf("kts")

    override fun getMimeTypes() = listOf("text/x-kotlin")

    override fun getNames() = listOf("kotlin")

    override fun getLanguageName() = "Kotlin"

    override fun getLanguageVersion(): String = KotlinVersion.CURRENT.toString()

    override fun getParameter(key: String): Any? =
        when (key) {
            ScriptEngine.ENGINE -> engineName
            ScriptEngine.ENGINE_VERSION -> engineVersion
            ScriptEngine.LANGUAGE -> languageName
            ScriptEngine.LANGUAGE_VERSION -> languageVersion
            ScriptEngine.NAME -> names.first()
            else -> null
        }

    override fun getMethodCallSyntax(obj: String, method: String, vararg arguments: String) =
        arguments.joinToString(", ", "$obj.$method(", ")")

    override fun getOutputStatement(toDisplay: String) =
        "println(\"" + toDisplay.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$") + "\")"

    override fun getProgram(vararg statements: String) = statements.joinToString("\n", postfix = "\n")

    override fun getScriptEngine() = KotlinScriptEngine(this, compiler)
}
