package io.manhole.kotlin.engine

/**
 * The source file made of a user's text.
 *
 * @property resultName the property that holds the last expression, or null
 */
internal class SnippetSource(
    val name: SnippetName,
    val text: String,
    val resultName: String?,
    val names: List<VisibleName>,
    val starImports: List<String>,
    private val pieces: List<Piece>,
) {
    /** So much of the user's text, from [userOffset] on, stands at [offset] of the source file. */
    class Piece(val offset: Int, val userOffset: Int, val length: Int)

    /** Where a piece of the user's text came to lie in the source file; null if it did not. */
    fun offsetOf(userOffset: Int): Int? {
        val piece = pieces.firstOrNull { userOffset >= it.userOffset && userOffset < it.userOffset + it.length } ?: return null
        return piece.offset + userOffset - piece.userOffset
    }

    /** Where an offset in the source file is in the user's text; for what is not the user's, the end of what precedes it. */
    fun userOffset(offset: Int): Int {
        val piece = pieces.lastOrNull { it.offset <= offset } ?: return 0
        return piece.userOffset + minOf(offset - piece.offset, piece.length)
    }
}

/** The user's text while it is being rewritten: what is deleted, and what is put in. */
internal class TextEdits(private val code: String) {
    private class Edit(val offset: Int, val deleted: Int, val inserted: String, val standsFor: Int? = null)

    private val edits = ArrayList<Edit>()

    /** @param standsFor an offset into the user's text to report what is wrong with the inserted text at */
    fun insert(offset: Int, text: String, standsFor: Int? = null) {
        edits += Edit(offset, 0, text, standsFor)
    }

    fun replace(start: Int, end: Int, text: String) {
        edits += Edit(start, end - start, text)
    }

    /** Takes a piece out, and leaves its line ends so that all that follows stays on its line. */
    fun blank(start: Int, end: Int) = replace(start, end, code.substring(start, end).filter { it == '\n' })

    /** Appends the edited text; returns where the user's own pieces came to lie. */
    fun appendTo(target: StringBuilder): List<SnippetSource.Piece> {
        val pieces = ArrayList<SnippetSource.Piece>()
        var position = 0

        fun copyUpTo(end: Int) {
            if (end <= position) return
            pieces += SnippetSource.Piece(target.length, position, end - position)
            target.append(code, position, end)
            position = end
        }
        for (edit in edits.sortedBy { it.offset }) {
            copyUpTo(edit.offset)
            if (edit.standsFor != null) pieces += SnippetSource.Piece(target.length, edit.standsFor, 0)
            target.append(edit.inserted)
            position = maxOf(position, edit.offset + edit.deleted)
        }
        copyUpTo(code.length)
        return pieces
    }
}
