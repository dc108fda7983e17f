@file:OptIn(DirectDeclarationsAccess::class)

package io.manhole.kotlin.engine

import org.jetbrains.kotlin.com.intellij.psi.util.PsiTreeUtil
import org.jetbrains.kotlin.diagnostics.KtDiagnostic
import org.jetbrains.kotlin.diagnostics.Severity
import org.jetbrains.kotlin.fir.declarations.DirectDeclarationsAccess
import org.jetbrains.kotlin.fir.declarations.FirFile
import org.jetbrains.kotlin.fir.declarations.FirProperty
import org.jetbrains.kotlin.fir.declarations.FirRegularClass
import org.jetbrains.kotlin.fir.types.coneType
import org.jetbrains.kotlin.fir.types.renderReadable
import org.jetbrains.kotlin.progress.CompilationCanceledException
import org.jetbrains.kotlin.psi.KtClassOrObject
import org.jetbrains.kotlin.psi.KtFunction
import org.jetbrains.kotlin.psi.KtInstanceExpressionWithLabel
import org.jetbrains.kotlin.psi.KtObjectLiteralExpression
import org.jetbrains.kotlin.psi.KtProperty
import org.jetbrains.kotlin.psi.KtScriptInitializer
import org.jetbrains.kotlin.psi.KtSuperExpression
import org.jetbrains.kotlin.psi.KtThisExpression
import org.jetbrains.org.objectweb.asm.ClassTooLargeException
import org.jetbrains.org.objectweb.asm.MethodTooLargeException

/** Compiles texts: parse, rewrite, compile. Keeps nothing between two of them. On the compiler's thread only. */
internal class SnippetCompiler(private val files: FileCompiler) {
    private val library = LibraryNames(files.librarySession)

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
        misuse(text)?.let { return Compilation.Rejected(listOf(it)) }
        val forms = Forms(text, library)
        var form = Form(objectsAreNamed = hasObjects(text))
        var before: Compilation.Rejected? = null
        while (true) {
            val outcome = attempt(text, name, scope, form)
            if (outcome !is Compilation.Rejected) return outcome
            val next = forms.after(form, outcome.problems)
            // Without the older names something else is missing.
            if (next == null) return explained(if (form.newestNamesOnly) before ?: outcome else outcome)
            if (!form.newestNamesOnly) before = outcome
            form = next
        }
    }

    /** In a file nothing is called `this`; that there is an object around the text is nobody's business. */
    private fun misuse(text: SnippetText): Problem? =
        PsiTreeUtil
            .findChildrenOfAnyType(text.file, KtThisExpression::class.java, KtSuperExpression::class.java)
            .firstOrNull {
                it.getTargetLabel() == null &&
                    PsiTreeUtil.getParentOfType(it, KtFunction::class.java, KtClassOrObject::class.java) == null &&
                    !isInExtension(it)
            }?.let {
                Problem(
                    "NO_THIS",
                    "'${it.text}' is not defined here: what is typed at the prompt belongs to no object.",
                    it.textRange.startOffset,
                )
            }

    private fun isInExtension(expression: KtInstanceExpressionWithLabel): Boolean =
        generateSequence(PsiTreeUtil.getParentOfType(expression, KtProperty::class.java)) {
            PsiTreeUtil.getParentOfType(it, KtProperty::class.java)
        }.any { it.receiverTypeReference != null }

    /** Says what is lacking where the compiler's words are about something else. */
    private fun explained(rejected: Compilation.Rejected): Compilation.Rejected =
        if (library.hasRunBlocking) {
            rejected
        } else {
            Compilation.Rejected(
                rejected.problems.map {
                    if (it.code in Forms.SUSPENDS) Problem(it.code, it.message.trimEnd('.') + NO_COROUTINES, it.offset) else it
                },
            )
        }

    private fun hasObjects(text: SnippetText) =
        text.statements.any {
            val expression = (it as? KtScriptInitializer)?.body ?: it
            ((expression as? KtProperty)?.initializer ?: expression) is KtObjectLiteralExpression
        }

    private fun attempt(text: SnippetText, name: SnippetName, scope: Scope, form: Form): Compilation {
        val source = SnippetRewriter(text, name, scope, form).rewrite()
        val output = files.compile(name.objectName, source.text, form.seesInternals)
        val classes = output.classes ?: return Compilation.Rejected(problems(output.diagnostics, source))
        val type = source.resultName?.let { resultType(checkNotNull(output.file), it) }
        val isUnit = type == UNIT
        val result = if (isUnit) null else source.resultName
        val names = source.names.map(::asImported) + listOfNotNull(result?.let { resultName(name, it) })
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

    /** Imported functions and properties of one name can stand beside each other, classes cannot. */
    private fun asImported(name: VisibleName): VisibleName {
        val imported = name.imported ?: return name
        return if (library.isClass(imported)) name else name.copy(key = name.key.copy(signature = imported.asString()))
    }

    private fun resultName(snippet: SnippetName, result: String) =
        VisibleName(VisibleName.Key(VisibleName.Kind.PROPERTY, result), result, "import ${snippet.qualified}.$result")

    companion object {
        private const val UNIT = "Unit"
        private const val CRASH = "CRASH"
        private val TOO_DEEP = Problem(TextLimits.CODE, "the text is nested too deeply for the compiler", 0)

        private val CONSEQUENCES = setOf("CANNOT_INFER_PARAMETER_TYPE", "CANNOT_INFER_VALUE_PARAMETER_TYPE")
        private const val NO_COROUTINES =
            ": the prompt waits for a suspend function with kotlinx.coroutines, which this application does not have. " +
                "Start it with startCoroutine of kotlin.coroutines instead."

        fun problems(diagnostics: List<KtDiagnostic>, source: SnippetSource): List<Problem> =
            diagnostics
                .filter { it.severity == Severity.ERROR }
                .map { Problem(it.factoryName, source.name.explain(it.renderMessage()), source.userOffset(it.firstRange.startOffset)) }
                .sortedBy { it.offset }
                .let(::withoutConsequences)

        /** What follows from a name that is not there is not worth a line. */
        private fun withoutConsequences(problems: List<Problem>): List<Problem> =
            if (problems.none { it.code == Forms.UNRESOLVED }) problems else problems.filterNot { it.code in CONSEQUENCES }

        /** The compiler's own failure, told in a way that lets the user go on. */
        fun crash(failure: Throwable): Problem {
            val causes = generateSequence(failure) { it.cause }.take(20).toList()
            val message =
                when {
                    causes.any { it is CompilationCanceledException } -> {
                        "the compiler was stopped: it had not done with this text after ${Cancellation.LIMIT.toSeconds()} s, or after " +
                            "${Cancellation.SHARED_LIMIT.toSeconds()} s while somebody else waited for it"
                    }

                    causes.any { it is StackOverflowError } -> {
                        TOO_DEEP.message
                    }

                    causes.any { it is MethodTooLargeException || it is ClassTooLargeException } -> {
                        "the text makes more code than a class of the JVM may have: evaluate it in smaller pieces"
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
