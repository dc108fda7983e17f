package io.manhole.kotlin.engine

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
        var operators = 0
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
            if (token in KtTokens.OPERATIONS) {
                operators++
            } else if (token in SEPARATORS) {
                operators = 0
            }
            if (operators > OPERATORS) {
                return Problem(CODE, "operators are nested too deeply: more than $OPERATORS in one expression", lexer.tokenStart)
            }
            if (++tokens > TOKENS) {
                return Problem(CODE, "the text is too long to be compiled in one piece: more than $TOKENS words", lexer.tokenStart)
            }
            lexer.advance()
        }
    }

    const val CODE = "LIMIT"
}
