package io.manhole.kotlin.engine.completion

/** The words of the language that fit a place. */
internal object Keywords {
    private val EXPRESSION = listOf("if", "when", "try", "throw", "return", "object", "fun", "null", "true", "false", "this", "super")
    private val STATEMENT =
        listOf(
            "val",
            "var",
            "class",
            "interface",
            "typealias",
            "import",
            "for",
            "while",
            "do",
            "else",
            "catch",
            "finally",
            "break",
            "continue",
            "data",
            "enum",
            "sealed",
            "abstract",
            "open",
            "private",
            "internal",
            "inline",
            "operator",
            "infix",
            "suspend",
            "lateinit",
            "override",
        )
    private val INFIX = listOf("in", "is", "as", "else")

    /** What no name can be without backticks. */
    val HARD: Set<String> =
        setOf(
            "as",
            "break",
            "class",
            "continue",
            "do",
            "else",
            "false",
            "for",
            "fun",
            "if",
            "in",
            "interface",
            "is",
            "null",
            "object",
            "package",
            "return",
            "super",
            "this",
            "throw",
            "true",
            "try",
            "typealias",
            "typeof",
            "val",
            "var",
            "when",
            "while",
        )

    fun at(place: Place): List<String> =
        when (place) {
            is Place.Name -> if (place.startsStatement) EXPRESSION + STATEMENT else EXPRESSION
            is Place.Infix -> INFIX
            is Place.Reference -> listOf("class")
            else -> emptyList()
        }
}
