package io.manhole.kotlin.engine

import org.jetbrains.kotlin.com.intellij.psi.tree.IElementType
import org.jetbrains.kotlin.lexer.KotlinLexer
import org.jetbrains.kotlin.lexer.KtTokens

/** Keeps texts from the compiler that would hold it up for all sessions: it takes quadratic time for some of them. */
internal object TextLimits {
    private const val TOKENS = 200_000
    private const val BRACKETS = 500
    private const val OPERATORS = 1_000
    private val OPENING = setOf(KtTokens.LPAR, KtTokens.LBRACE, KtTokens.LBRACKET, KtTokens.LONG_TEMPLATE_ENTRY_START)
    private val CLOSING = setOf(KtTokens.RPAR, KtTokens.RBRACE, KtTokens.RBRACKET, KtTokens.LONG_TEMPLATE_ENTRY_END)
    private val SEPARATORS = setOf(KtTokens.SEMICOLON, KtTokens.COMMA, KtTokens.LBRACE, KtTokens.RBRACE, KtTokens.EQ)

    /** What is too much about a text, or null. Reads it once, without parsing. */
    fun exceededBy(code: String): Problem? {
        val lexer = KotlinLexer()
        lexer.start(code)
        var tokens = 0
        var depth = 0
        val operators = Operators()
        while (true) {
            val token = lexer.tokenType ?: return null
            if (token in OPENING) {
                depth++
            } else if (token in CLOSING) {
                depth--
            }
            if (depth > BRACKETS) {
                return Problem(CODE, "brackets are nested too deeply: more than $BRACKETS", lexer.tokenStart)
            }
            operators.meet(token, lexer.tokenText)
            if (operators.count > OPERATORS) {
                return Problem(CODE, "operators are nested too deeply: more than $OPERATORS in one expression", lexer.tokenStart)
            }
            if (++tokens > TOKENS) {
                return Problem(CODE, "the text is too long to be compiled in one piece: more than $TOKENS words", lexer.tokenStart)
            }
            lexer.advance()
        }
    }

    /** Counts those of one expression. A line end is the end of it unless there is an operator before or after. */
    private class Operators {
        var count = 0
            private set
        private var isAfterOperator = false
        private var isAtLineEnd = false

        fun meet(token: IElementType, text: String) {
            if (token in KtTokens.COMMENTS) return
            if (token == KtTokens.WHITE_SPACE) {
                isAtLineEnd = isAtLineEnd || '\n' in text
                return
            }
            val isOperator = token in KtTokens.OPERATIONS && token != KtTokens.IDENTIFIER
            if (token in SEPARATORS || (isAtLineEnd && !isOperator && !isAfterOperator)) {
                count = 0
            } else if (isOperator) {
                count++
            }
            isAfterOperator = isOperator
            isAtLineEnd = false
        }
    }

    const val CODE = "LIMIT"
}
