package io.manhole.kotlin.engine

import org.jetbrains.kotlin.lexer.KtTokens
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
 * Which of the ways to write a snippet is tried.
 *
 * @property lastIsValue the last expression is to be kept as the result; otherwise it is a statement
 * @property objectsAreNamed `val o = object { … }` gets a named class, so that later snippets see its members
 */
internal data class Form(val lastIsValue: Boolean, val objectsAreNamed: Boolean)

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

    fun rewrite(): SnippetSource {
        header.removeFrom(edits)
        val statements = text.statements
        statements.forEachIndexed { index, statement -> rewrite(statement, isLast = index == statements.lastIndex) }
        val source = StringBuilder()
        header.fileAnnotations.ifEmpty { listOf("@file:Suppress(\"warnings\")") }.forEach { source.append(it).append(' ') }
        source.append("package ${name.packageName}; ")
        scope.importsFor(identifiers(text.code), names + header.imported).forEach { source.append(it).append("; ") }
        val imports = header.appendImportsTo(source)
        source.append("object ${name.objectName} { ")
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
        edits.insert(expression.textRange.endOffset, " }")
    }

    private fun keepResult(expression: KtExpression) {
        val result = "${Scope.RESULT}${scope.results}"
        resultName = result
        // Internal, as its type may be; the friends that later snippets are see it all the same.
        val type = if (expression is KtThrowExpression) ": kotlin.Nothing" else ""
        edits.insert(expression.textRange.startOffset, "internal val $result$type = ")
        if (expression is KtObjectLiteralExpression && form.objectsAreNamed) {
            nameObject(expression, result)
        } else if ((expression is KtIfExpression && expression.`else` == null) || expression is KtWhenExpression) {
            // As the last statement of a lambda these may be without a value; as an initialiser they may not.
            edits.insert(expression.textRange.startOffset, "kotlin.run { ")
            edits.insert(expression.textRange.endOffset, " }")
        }
    }

    private fun declare(declaration: KtDeclaration) {
        // A private member could not be seen by the next snippet.
        for (modifier in listOf(KtTokens.PRIVATE_KEYWORD, KtTokens.PROTECTED_KEYWORD)) {
            declaration.modifierList?.getModifier(modifier)?.let { edits.blank(it.textRange.startOffset, it.textRange.endOffset) }
        }
        if (declaration is KtNamedDeclaration) names += visibleName(declaration, name)
        if (declaration is KtProperty && form.objectsAreNamed && declaration.typeReference == null) {
            (declaration.initializer as? KtObjectLiteralExpression)?.let { nameObject(it, declaration.name.orEmpty()) }
        }
    }

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
        val members =
            declaration.entries.withIndex().filter { (_, entry) -> entry.name != "_" }.map { (index, entry) ->
                names += visibleName(entry, name)
                val type = entry.typeReference?.let { ": " + it.text }.orEmpty()
                "; $keyword ${entry.nameIdentifier?.text}$type = $temporary.component${index + 1}()"
            }
        edits.insert(initializer.textRange.endOffset, members.joinToString(""))
    }

    companion object {
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
