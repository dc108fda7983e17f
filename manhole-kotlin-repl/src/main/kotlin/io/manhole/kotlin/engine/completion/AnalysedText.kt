package io.manhole.kotlin.engine.completion

import io.manhole.kotlin.engine.FileCompiler
import org.jetbrains.kotlin.fir.FirElement
import org.jetbrains.kotlin.fir.FirSession
import org.jetbrains.kotlin.fir.declarations.FirDeclaration
import org.jetbrains.kotlin.fir.declarations.FirFile
import org.jetbrains.kotlin.fir.expressions.FirExpression
import org.jetbrains.kotlin.fir.expressions.FirQualifiedAccessExpression
import org.jetbrains.kotlin.fir.resolve.ScopeSession
import org.jetbrains.kotlin.fir.visitors.FirVisitorVoid

/**
 * A source file after analysis, and what of it surrounds an offset.
 *
 * @property offset where the identifier at the cursor begins in the source file
 */
internal class AnalysedText(analysis: FileCompiler.Analysis, val offset: Int) {
    val session: FirSession = analysis.session
    val scopes: ScopeSession = analysis.scopes
    val file: FirFile = analysis.file

    /** From the file inwards. */
    val path: List<FirElement>

    /** The use of a name that begins at the offset, if there is one. */
    val access: FirQualifiedAccessExpression?

    init {
        val search = Search()
        file.accept(search)
        access = search.access
        path = search.found ?: search.nearest
    }

    /** What the name is called on, or null. */
    val receiver: FirExpression? get() = access?.explicitReceiver

    val declarations: List<FirDeclaration> get() = path.filterIsInstance<FirDeclaration>()

    private inner class Search : FirVisitorVoid() {
        private val current = ArrayList<FirElement>()
        var found: List<FirElement>? = null
        var nearest: List<FirElement> = emptyList()
        var access: FirQualifiedAccessExpression? = null

        override fun visitElement(element: FirElement) {
            if (found != null) return
            current += element
            if (element is FirQualifiedAccessExpression && element.calleeReference.source?.startOffset == offset) {
                access = element
                found = current.toList()
            } else {
                val range = element.source
                if (range != null && range.startOffset <= offset && offset <= range.endOffset && current.size > nearest.size) {
                    nearest = current.toList()
                }
                element.acceptChildren(this)
            }
            current.removeAt(current.lastIndex) // not removeLast(): Java 21 has one of its own, which 17 lacks
        }
    }
}
