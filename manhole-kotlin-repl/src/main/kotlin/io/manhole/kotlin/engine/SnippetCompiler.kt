@file:OptIn(DirectDeclarationsAccess::class)

package io.manhole.kotlin.engine

import org.jetbrains.kotlin.diagnostics.KtDiagnostic
import org.jetbrains.kotlin.diagnostics.Severity
import org.jetbrains.kotlin.fir.declarations.DirectDeclarationsAccess
import org.jetbrains.kotlin.fir.declarations.FirFile
import org.jetbrains.kotlin.fir.declarations.FirProperty
import org.jetbrains.kotlin.fir.declarations.FirRegularClass
import org.jetbrains.kotlin.fir.types.coneType
import org.jetbrains.kotlin.fir.types.renderReadable
import org.jetbrains.kotlin.progress.CompilationCanceledException
import org.jetbrains.kotlin.psi.KtObjectLiteralExpression
import org.jetbrains.kotlin.psi.KtProperty
import org.jetbrains.kotlin.psi.KtScriptInitializer

/** Compiles texts: parse, rewrite, compile. Keeps nothing between two of them. On the compiler's thread only. */
internal class SnippetCompiler(private val files: FileCompiler) {
    fun isIncomplete(code: String): Boolean =
        try {
            TextLimits.exceededBy(code) == null && SnippetText.parse(files.project, code).isIncomplete
        } catch (_: StackOverflowError) {
            // What cannot be parsed is not made better by more of it.
            false
        }

    /** Compiles a text that sees what is in the scope. */
    fun compile(code: String, name: SnippetName, scope: Scope): Compilation =
        try {
            TextLimits.exceededBy(code)?.let { Compilation.Rejected(listOf(it)) } ?: parseAndCompile(code, name, scope)
        } catch (e: Throwable) {
            Compilation.Rejected(listOf(crash(e)))
        }

    private fun parseAndCompile(code: String, name: SnippetName, scope: Scope): Compilation {
        val text = SnippetText.parse(files.project, code)
        return when {
            text.isIncomplete -> Compilation.Incomplete
            text.errors.isNotEmpty() -> Compilation.Rejected(text.errors)
            text.isTooDeep -> Compilation.Rejected(listOf(TOO_DEEP))
            else -> compile(text, name, scope)
        }
    }

    private fun compile(text: SnippetText, name: SnippetName, scope: Scope): Compilation {
        if (hasObjects(text)) {
            val named = attempt(text, name, scope, Form(lastIsValue = true, objectsAreNamed = true))
            if (named is Compilation.Done) return named
        }
        val value = attempt(text, name, scope, Form(lastIsValue = true, objectsAreNamed = false))
        if (value !is Compilation.Rejected || value.problems.none { it.code in NOT_A_VALUE }) return value
        return attempt(text, name, scope, Form(lastIsValue = false, objectsAreNamed = false))
    }

    private fun hasObjects(text: SnippetText) =
        text.statements.any {
            val expression = (it as? KtScriptInitializer)?.body ?: it
            ((expression as? KtProperty)?.initializer ?: expression) is KtObjectLiteralExpression
        }

    private fun attempt(text: SnippetText, name: SnippetName, scope: Scope, form: Form): Compilation {
        val source = SnippetRewriter(text, name, scope, form).rewrite()
        val output = files.compile(name.objectName, source.text)
        val classes = output.classes ?: return Compilation.Rejected(problems(output.diagnostics, source))
        val type = source.resultName?.let { resultType(checkNotNull(output.file), it) }
        val isUnit = type == UNIT
        val result = if (isUnit) null else source.resultName
        val names = source.names + listOfNotNull(result?.let { resultName(name, it) })
        val lines = text.code.count { it == '\n' } + 1
        return Compilation.Done(
            CompiledSnippet(name, classes, result, if (isUnit) null else type, names, source.starImports, lines),
        )
    }

    /** The static type of the result, without the marks of types that come from Java, which no source can write. */
    private fun resultType(file: FirFile, result: String): String {
        val snippet = file.declarations.filterIsInstance<FirRegularClass>().first()
        val property = snippet.declarations.filterIsInstance<FirProperty>().first { it.name.asString() == result }
        val type = property.returnTypeRef.coneType.renderReadable()
        return SnippetName.strip(type.replace("!", "").replace("(Mutable)", ""))
    }

    private fun resultName(snippet: SnippetName, result: String) =
        VisibleName(VisibleName.Key(VisibleName.Kind.PROPERTY, result), result, "import ${snippet.qualified}.$result")

    companion object {
        private const val UNIT = "Unit"
        private const val CRASH = "CRASH"
        private val TOO_DEEP = Problem(TextLimits.CODE, "the text is nested too deeply for the compiler", 0)

        /** What the compiler says of a last expression that cannot be kept in a property. */
        private val NOT_A_VALUE =
            setOf("IMPLICIT_NOTHING_PROPERTY_TYPE", "NO_ELSE_IN_WHEN", "INVALID_IF_AS_EXPRESSION", "EXPRESSION_EXPECTED")

        fun problems(diagnostics: List<KtDiagnostic>, source: SnippetSource): List<Problem> =
            diagnostics
                .filter { it.severity == Severity.ERROR }
                .map { Problem(it.factoryName, SnippetName.strip(it.renderMessage()), source.userOffset(it.firstRange.startOffset)) }
                .sortedBy { it.offset }

        /** The compiler's own failure, told in a way that lets the user go on. */
        fun crash(failure: Throwable): Problem {
            val causes = generateSequence(failure) { it.cause }.take(20).toList()
            val message =
                when {
                    causes.any { it is CompilationCanceledException } -> {
                        "the compiler was stopped: it had not done with this text after ${Cancellation.LIMIT.toSeconds()} s"
                    }

                    causes.any { it is StackOverflowError } -> {
                        TOO_DEEP.message
                    }

                    causes.any { it is OutOfMemoryError } -> {
                        "the compiler ran out of memory: ${causes.last().message}"
                    }

                    else -> {
                        "the compiler failed on this text: ${causes.last()}"
                    }
                }
            return Problem(CRASH, message, 0)
        }
    }
}
