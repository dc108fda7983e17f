package io.manhole.kotlin.engine.completion

import org.jetbrains.kotlin.com.intellij.psi.PsiElement
import org.jetbrains.kotlin.com.intellij.psi.util.PsiTreeUtil
import org.jetbrains.kotlin.psi.KtBlockExpression
import org.jetbrains.kotlin.psi.KtCallExpression
import org.jetbrains.kotlin.psi.KtCallableReferenceExpression
import org.jetbrains.kotlin.psi.KtDoubleColonExpression
import org.jetbrains.kotlin.psi.KtFile
import org.jetbrains.kotlin.psi.KtImportDirective
import org.jetbrains.kotlin.psi.KtLabelReferenceExpression
import org.jetbrains.kotlin.psi.KtOperationReferenceExpression
import org.jetbrains.kotlin.psi.KtPackageDirective
import org.jetbrains.kotlin.psi.KtQualifiedExpression
import org.jetbrains.kotlin.psi.KtScriptInitializer
import org.jetbrains.kotlin.psi.KtSimpleNameExpression
import org.jetbrains.kotlin.psi.KtUserType

/** What sort of name the grammar wants at the cursor. */
internal sealed interface Place {
    /** @property qualifier what stands before the last dot, or null */
    class Import(val qualifier: String?) : Place

    /** @property qualifier as above */
    class Type(val qualifier: String?) : Place

    /** After a dot or a safe call. @property receiver what stands before it */
    class Member(val receiver: String) : Place

    /** Between two operands. */
    data object Infix : Place

    /** After `::`. @property receiver what stands before it, or null */
    class Reference(val receiver: String?) : Place

    /** @property startsStatement whether a declaration could begin here too */
    class Name(val startsStatement: Boolean) : Place

    companion object {
        /** The place of the identifier at an offset; null in comments, in literals, and where a new name is made up. */
        fun at(file: KtFile, offset: Int): Place? {
            val leaf = file.findElementAt(offset) ?: return null
            val name = leaf.parent as? KtSimpleNameExpression ?: return null
            val import = PsiTreeUtil.getParentOfType(name, KtImportDirective::class.java)
            return when {
                import != null -> Import(qualifier(import.text, offset - import.textRange.startOffset))
                PsiTreeUtil.getParentOfType(name, KtPackageDirective::class.java) != null -> null
                name is KtLabelReferenceExpression -> null
                name is KtOperationReferenceExpression -> Infix
                else -> ofReference(name)
            }
        }

        private fun qualifier(import: String, end: Int) =
            import
                .substring(0, end)
                .removePrefix("import")
                .trim()
                .removeSuffix(".")
                .ifEmpty { null }

        private fun ofReference(name: KtSimpleNameExpression): Place {
            val parent = name.parent
            // The name of a call is within the call, and that is what follows the dot.
            val whole: PsiElement = if (parent is KtCallExpression && parent.calleeExpression === name) parent else name
            val around = whole.parent
            return when {
                parent is KtUserType -> Type(parent.qualifier?.text)
                around is KtCallableReferenceExpression && around.callableReference === whole -> Reference(around.receiverExpression?.text)
                around is KtDoubleColonExpression && around.receiverExpression !== whole -> Reference(around.receiverExpression?.text)
                around is KtQualifiedExpression && around.selectorExpression === whole -> Member(around.receiverExpression.text)
                else -> Name(whole.parent is KtBlockExpression || whole.parent is KtScriptInitializer)
            }
        }
    }
}
