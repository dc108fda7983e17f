package io.manhole.kotlin.engine

import org.jetbrains.kotlin.com.intellij.openapi.project.Project
import org.jetbrains.kotlin.com.intellij.psi.PsiComment
import org.jetbrains.kotlin.com.intellij.psi.PsiElement
import org.jetbrains.kotlin.com.intellij.psi.PsiErrorElement
import org.jetbrains.kotlin.com.intellij.psi.PsiWhiteSpace
import org.jetbrains.kotlin.com.intellij.psi.util.PsiTreeUtil
import org.jetbrains.kotlin.kdoc.psi.api.KDoc
import org.jetbrains.kotlin.lexer.KtTokens
import org.jetbrains.kotlin.psi.KtBlockStringTemplateEntry
import org.jetbrains.kotlin.psi.KtExpression
import org.jetbrains.kotlin.psi.KtFile
import org.jetbrains.kotlin.psi.KtPsiFactory
import org.jetbrains.kotlin.psi.KtStringTemplateExpression

/** A text as the parser sees it: a script of declarations and statements, with or without syntax errors. */
internal class SnippetText private constructor(val code: String, val file: KtFile) {
    private val syntaxErrors: Collection<PsiErrorElement> =
        PsiTreeUtil.collectElementsOfType(file, PsiErrorElement::class.java)

    val statements: List<KtExpression> get() = file.script?.blockExpression?.statements.orEmpty()

    /** Whether the text is the beginning of something longer: all that is wrong with it is that it ends. */
    val isIncomplete: Boolean by lazy {
        val end = endOfCode()
        endsInComment() ||
            (syntaxErrors.isNotEmpty() && syntaxErrors.all { it.textRange.startOffset >= end } && !endsInLineString())
    }

    /** Whether the tree is so deep that the compiler, which recurses, would take very long or not come back. */
    val isTooDeep: Boolean
        get() {
            var depth = 0
            var node: PsiElement? = file
            while (node != null && depth <= DEPTH_LIMIT) {
                val child = node.firstChild
                if (child != null) {
                    depth++
                    node = child
                    continue
                }
                while (node != null && node.nextSibling == null) {
                    node = node.parent.takeIf { it !== file }
                    depth--
                }
                node = node?.nextSibling
            }
            return depth > DEPTH_LIMIT
        }

    val errors: List<Problem>
        get() = syntaxErrors.map { Problem(SYNTAX, it.errorDescription, it.textRange.startOffset) }

    /** The end of what is neither space nor comment. */
    private fun endOfCode(): Int {
        var leaf: PsiElement? = PsiTreeUtil.getDeepestLast(file)
        while (leaf != null && (leaf is PsiWhiteSpace || leaf.textLength == 0 || isInComment(leaf))) {
            leaf = PsiTreeUtil.prevLeaf(leaf)
        }
        return leaf?.textRange?.endOffset ?: 0
    }

    private fun isInComment(leaf: PsiElement) =
        PsiTreeUtil.getParentOfType(leaf, PsiComment::class.java, false) != null ||
            PsiTreeUtil.getParentOfType(leaf, KDoc::class.java, false) != null

    private fun endsInComment(): Boolean {
        val last = PsiTreeUtil.getDeepestLast(file)
        val comment = PsiTreeUtil.getParentOfType(last, PsiComment::class.java, false) ?: return false
        return comment.tokenType != KtTokens.EOL_COMMENT && !comment.text.endsWith("*/")
    }

    /** No further line can end a string in single quotes, unless an expression inside it is what is open. */
    private fun endsInLineString(): Boolean =
        syntaxErrors.any { error ->
            val string = error.parent as? KtStringTemplateExpression
            string != null && string.firstChild.text == "\"" &&
                string.entries.lastOrNull().let { last ->
                    last !is KtBlockStringTemplateEntry || last.lastChild.node.elementType == KtTokens.LONG_TEMPLATE_ENTRY_END
                }
        }

    companion object {
        private const val SYNTAX = "SYNTAX"

        /** Elements within elements, such as the operands of a long sum, each of which is within the next. */
        private const val DEPTH_LIMIT = 2_000

        /** On the compiler's thread only. */
        fun parse(project: Project, code: String) = SnippetText(code, KtPsiFactory(project, false).createFile("snippet.kts", code))
    }
}

/**
 * What the compiler has against a text.
 *
 * @property code the compiler's own name of the kind of problem
 * @property offset in the user's text
 */
internal class Problem(val code: String, val message: String, val offset: Int)
