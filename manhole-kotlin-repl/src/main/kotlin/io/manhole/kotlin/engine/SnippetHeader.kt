package io.manhole.kotlin.engine

/** What of a text belongs before the object that the rest of it becomes: imports and annotations of the file. */
internal class SnippetHeader(private val text: SnippetText) {
    private val directives = text.file.importDirectives

    val starImports: List<String> = directives.filter { it.isAllUnder }.map { it.text.removeSuffix(";") }
    val fileAnnotations: List<String> = text.file.fileAnnotationList?.annotationEntries.orEmpty().map { it.text }

    val imported: List<VisibleName> =
        directives.filterNot { it.isAllUnder }.mapNotNull { directive ->
            directive.importedName?.asString()?.takeUnless { it.startsWith(OURS) }?.let { imported ->
                val key = VisibleName.Key(VisibleName.Kind.IMPORT, imported)
                VisibleName(key, imported, directive.text.removeSuffix(";"), imported = directive.importedFqName)
            }
        }

    /** Appends the imports; returns where in the user's text they come from. */
    fun appendImportsTo(source: StringBuilder): List<SnippetSource.Piece> =
        directives.map { directive ->
            val piece = SnippetSource.Piece(source.length, directive.textRange.startOffset, directive.textLength)
            source.append(directive.text.removeSuffix(";")).append("; ")
            piece
        }

    /** Takes it out of the text; a package directive, which a pasted file may begin with, is dropped. */
    fun removeFrom(edits: TextEdits) {
        val file = text.file
        for (element in listOfNotNull(file.fileAnnotationList, file.packageDirective) + directives) {
            val range = element.textRange
            if (!range.isEmpty) edits.blank(range.startOffset, range.endOffset)
        }
    }

    companion object {
        /** What the aliases begin with that written sources use themselves; they last for one snippet. */
        const val OURS = "__manhole_"
    }
}
