package io.manhole.kotlin.engine.completion

import org.jetbrains.kotlin.com.intellij.psi.tree.IElementType
import org.jetbrains.kotlin.lexer.KotlinLexer
import org.jetbrains.kotlin.lexer.KtTokens

/**
 * A text with a cursor, made whole enough to be analysed: the identifier at the cursor gives way to another one, and what is
 * still open is closed.
 */
internal class CursorText private constructor(
    private val code: String,
    /** Where the identifier at the cursor begins. */
    val start: Int,
    /** Where it ends. */
    val end: Int,
    cursor: Int,
) {
    /** What the user has typed of the identifier. */
    val prefix: String = code.substring(start, cursor)

    /** The whole identifier, also what follows the cursor. */
    val identifier: String = code.substring(start, end)

    /** Whether there is something before the identifier, on its line, that an operator could follow. */
    val followsOperand: Boolean
        get() {
            val before = code.substring(0, start).substringAfterLast('\n')
            val last = before.trimEnd()
            return before != last && last.isNotEmpty() && (last.last().isLetterOrDigit() || last.last() in ")]}\"'`_")
        }

    /** The text with [name] for the identifier, and nothing left open. */
    fun with(name: String): String {
        val text = code.substring(0, start) + name + code.substring(end)
        return text + closing(text)
    }

    companion object {
        /** Stands where the candidates could. */
        const val MARK = "manhole_cursor_mark"

        fun of(code: String, cursor: Int): CursorText {
            var start = cursor
            while (start > 0 && Character.isJavaIdentifierPart(code[start - 1]) && code[start - 1] != '$') start--
            var end = cursor
            while (end < code.length && Character.isJavaIdentifierPart(code[end]) && code[end] != '$') end++
            return CursorText(code, start, end, cursor)
        }

        private val CLOSED_BY: Map<IElementType, String> =
            mapOf(
                KtTokens.LPAR to ")",
                KtTokens.LBRACE to "}",
                KtTokens.LBRACKET to "]",
                KtTokens.LONG_TEMPLATE_ENTRY_START to "}",
            )
        private val CLOSING =
            setOf(KtTokens.RPAR, KtTokens.RBRACE, KtTokens.RBRACKET, KtTokens.LONG_TEMPLATE_ENTRY_END, KtTokens.CLOSING_QUOTE)

        private fun closing(text: String): String {
            val open = ArrayDeque<String>()
            val lexer = KotlinLexer()
            lexer.start(text)
            while (true) {
                when (val token = lexer.tokenType ?: break) {
                    KtTokens.OPEN_QUOTE -> open.addLast(lexer.tokenText)
                    KtTokens.DANGLING_NEWLINE -> open.removeLastOrNull()
                    in CLOSING -> open.removeLastOrNull()
                    else -> CLOSED_BY[token]?.let(open::addLast)
                }
                lexer.advance()
            }
            return open.asReversed().joinToString("")
        }
    }
}
