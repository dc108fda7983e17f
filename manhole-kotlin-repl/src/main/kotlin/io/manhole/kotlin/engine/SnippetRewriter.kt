package io.manhole.kotlin.engine

import org.jetbrains.kotlin.com.intellij.psi.PsiComment
import org.jetbrains.kotlin.com.intellij.psi.PsiElement
import org.jetbrains.kotlin.com.intellij.psi.PsiWhiteSpace
import org.jetbrains.kotlin.kdoc.psi.api.KDoc
import org.jetbrains.kotlin.lexer.KtTokens
import org.jetbrains.kotlin.name.FqName
import org.jetbrains.kotlin.psi.KtAnnotatedExpression
import org.jetbrains.kotlin.psi.KtBinaryExpression
import org.jetbrains.kotlin.psi.KtDeclaration
import org.jetbrains.kotlin.psi.KtDestructuringDeclaration
import org.jetbrains.kotlin.psi.KtExpression
import org.jetbrains.kotlin.psi.KtIfExpression
import org.jetbrains.kotlin.psi.KtLabeledExpression
import org.jetbrains.kotlin.psi.KtLoopExpression
import org.jetbrains.kotlin.psi.KtNamedDeclaration
import org.jetbrains.kotlin.psi.KtNamedFunction
import org.jetbrains.kotlin.psi.KtObjectLiteralExpression
import org.jetbrains.kotlin.psi.KtProperty
import org.jetbrains.kotlin.psi.KtScriptInitializer
import org.jetbrains.kotlin.psi.KtThrowExpression
import org.jetbrains.kotlin.psi.KtWhenExpression

/**
 * Makes an ordinary source file of a text: `package r0_1; import <earlier names>; object S2 { <the text> }`.
 *
 * Declarations become members and statements initialisers, in the order of the text and on the same lines.
 */
internal class SnippetRewriter(
    private val text: SnippetText,
    private val name: SnippetName,
    private val scope: Scope,
    private val form: Form,
) {
    private val edits = TextEdits(text.code)
    private val header = SnippetHeader(text)
    private val names = ArrayList<VisibleName>()
    private var resultName: String? = null
    private var temporaries = 0
    private var isInBlock = false

    /** Whether the statement at hand is to wait for the suspend functions it calls. */
    private var waits = false

    fun rewrite(): SnippetSource {
        header.removeFrom(edits)
        form.unpackaged.mapTo(names) { unpackaged(it) }
        val statements = text.statements
        statements.forEachIndexed { index, statement ->
            waits = index in form.blocking
            rewrite(statement, isLast = index == statements.lastIndex)
        }
        val source = StringBuilder()
        header.fileAnnotations.ifEmpty { listOf("@file:Suppress(\"warnings\")") }.forEach { source.append(it).append(' ') }
        source.append("package ${name.packageName}; ")
        scope.importsFor(identifiers(text.code), names + header.imported, form.newestNamesOnly).forEach { source.append(it).append("; ") }
        form.unpackaged.forEach { source.append("import `$it`; ") }
        if (isInBlock) source.append("import kotlin.run as $RUN; ")
        if (form.blocking.isNotEmpty()) source.append("import kotlinx.coroutines.runBlocking as $WAIT; ")
        val imports = header.appendImportsTo(source)
        source.append("object ${name.objectName} { ")
        BoundNames.appendAccessorsTo(source, scope.boundBeside(names + header.imported))
        val pieces = imports + edits.appendTo(source)
        source.append('\n')
        // The compiler boxes here what the field holds unboxed, such as a Duration.
        resultName?.let { source.append("@JvmStatic fun `$RESULT_ACCESSOR`(): kotlin.Any? = $it ") }
        source.append('}')
        return SnippetSource(name, source.toString(), resultName, names + header.imported, header.starImports, pieces)
    }

    private fun rewrite(statement: KtExpression, isLast: Boolean) {
        val expression = (statement as? KtScriptInitializer)?.body ?: statement
        when {
            statement is KtDestructuringDeclaration -> {
                destructure(statement)
            }

            expression !is KtDeclaration || (expression is KtNamedFunction && expression.nameIdentifier == null) -> {
                if (isLast && form.lastIsValue && !isStatement(expression)) keepResult(expression) else initialise(expression)
            }

            else -> {
                declare(expression)
            }
        }
    }

    private fun initialise(expression: KtExpression) {
        edits.insert(expression.textRange.startOffset, "init { ")
        if (waits) await(expression)
        edits.insert(expression.textRange.endOffset, " }")
    }

    private fun await(expression: KtExpression) {
        edits.insert(expression.textRange.startOffset, "$WAIT { ")
        edits.insert(expression.textRange.endOffset, " }")
    }

    private fun unpackaged(name: String) =
        VisibleName(VisibleName.Key(VisibleName.Kind.IMPORT, name), name, "import `$name`", imported = FqName(name))

    private fun keepResult(expression: KtExpression) {
        val result = "${Scope.RESULT}${scope.results}"
        resultName = result
        // Internal, as its type may be; the friends that later snippets are see it all the same.
        val type = if (expression is KtThrowExpression) ": kotlin.Nothing" else ""
        edits.insert(expression.textRange.startOffset, "internal val $result$type = ")
        if (waits) {
            await(expression)
        } else if (expression is KtObjectLiteralExpression && form.objectsAreNamed) {
            nameObject(expression, result)
        } else if ((expression is KtIfExpression && expression.`else` == null) || expression is KtWhenExpression) {
            // As the last statement of a lambda these may be without a value; as an initialiser they may not.
            isInBlock = true
            edits.insert(expression.textRange.startOffset, "$RUN { ")
            edits.insert(expression.textRange.endOffset, " }")
        }
    }

    private fun declare(declaration: KtDeclaration) {
        // A private member could not be seen by the next snippet.
        for (modifier in listOf(KtTokens.PRIVATE_KEYWORD, KtTokens.PROTECTED_KEYWORD)) {
            declaration.modifierList?.getModifier(modifier)?.let { edits.blank(it.textRange.startOffset, it.textRange.endOffset) }
        }
        if (form.membersAreInternal) makeInternal(declaration)
        if (waits) (declaration as? KtProperty)?.initializer?.let(::await)
        if (declaration is KtNamedDeclaration) names += visibleName(declaration, name)
        if (declaration is KtProperty && form.objectsAreNamed && declaration.typeReference == null) {
            (declaration.initializer as? KtObjectLiteralExpression)?.let { nameObject(it, declaration.name.orEmpty()) }
        }
    }

    private fun makeInternal(declaration: KtDeclaration) {
        val modifiers = declaration.modifierList
        if (modifiers?.getModifier(KtTokens.INTERNAL_KEYWORD) != null) return
        val public = modifiers?.getModifier(KtTokens.PUBLIC_KEYWORD)
        val first = modifiers?.node?.getChildren(KtTokens.MODIFIER_KEYWORDS)?.firstOrNull()?.psi
        when {
            public != null -> edits.replace(public.textRange.startOffset, public.textRange.endOffset, INTERNAL)
            first != null -> edits.insert(first.textRange.startOffset, INTERNAL)
            modifiers != null -> edits.insert(modifiers.textRange.endOffset, " $INTERNAL")
            else -> edits.insert(keyword(declaration).textRange.startOffset, INTERNAL)
        }
    }

    /** A declaration without modifiers begins with its keyword, or a comment before it. */
    private fun keyword(declaration: KtDeclaration): PsiElement =
        generateSequence(declaration.firstChild) { it.nextSibling }.first { it !is PsiComment && it !is PsiWhiteSpace && it !is KDoc }

    /** Turns `object : Base() { … }` into `Named(); class Named : Base() { … }`. */
    private fun nameObject(literal: KtObjectLiteralExpression, property: String) {
        val keyword = literal.objectDeclaration.getObjectKeyword() ?: return
        val named = "`$property${SnippetName.OBJECT_SUFFIX}`"
        edits.replace(keyword.textRange.startOffset, keyword.textRange.endOffset, "$named(); class $named")
    }

    private fun destructure(declaration: KtDestructuringDeclaration) {
        val initializer = declaration.initializer ?: return
        val temporary = "`\$parts${temporaries++}`"
        val keyword = if (declaration.isVar) "var" else "val"
        edits.replace(declaration.textRange.startOffset, initializer.textRange.startOffset, "private val $temporary = ")
        if (waits) await(initializer)
        for ((index, entry) in declaration.entries.withIndex()) {
            if (entry.name == "_") continue
            names += visibleName(entry, name)
            val type = entry.typeReference?.let { ": " + it.text }.orEmpty()
            val visibility = if (form.membersAreInternal) INTERNAL else ""
            val member = "; $visibility$keyword ${entry.nameIdentifier?.text}$type = $temporary.component${index + 1}()"
            edits.insert(initializer.textRange.endOffset, member, standsFor = entry.textRange.startOffset)
        }
    }

    companion object {
        private const val INTERNAL = "internal "

        /** Not in backticks: the compiler does not find an import by such an alias. */
        private const val WAIT = SnippetHeader.OURS + "wait"

        /** Whatever the user calls `kotlin` or `run`. */
        private const val RUN = SnippetHeader.OURS + "run"

        /** The static method of a snippet that returns its result, boxed. */
        const val RESULT_ACCESSOR = "\$result"

        /** Whether Kotlin has no value for it. */
        private fun isStatement(expression: KtExpression?): Boolean =
            when (expression) {
                is KtLoopExpression -> true
                is KtBinaryExpression -> expression.operationToken in KtTokens.ALL_ASSIGNMENTS
                is KtLabeledExpression -> isStatement(expression.baseExpression)
                is KtAnnotatedExpression -> isStatement(expression.baseExpression)
                else -> false
            }
    }
}
