package io.manhole.kotlin.engine.completion

/** Comments that document a declaration, as plain text. */
internal object Documentation {
    private const val LIMIT = 4_000
    private val INLINE_TAG = Regex("\\{@(\\w+)\\s+([^{}]*)}")
    private val PARAGRAPH = Regex("(?i)\\s*<(p|br)\\s*/?>\\s*")
    private val ELEMENT = Regex("</?[a-zA-Z][^<>]*>")
    private val BLANK_LINES = Regex("\n{3,}")
    private val ENTITIES = mapOf("&lt;" to "<", "&gt;" to ">", "&quot;" to "\"", "&nbsp;" to " ", "&#64;" to "@", "&amp;" to "&")

    /** Without stars and markup, or null if nothing is left. @param isJava whether it is written in HTML */
    fun plain(comment: String, isJava: Boolean): String? {
        val lines = comment.removePrefix("/**").removeSuffix("*/").lines().map { it.trim().removePrefix("*").removePrefix(" ").trimEnd() }
        val text = lines.joinToString("\n")
        val plain = BLANK_LINES.replace(if (isJava) withoutMarkup(text) else text, "\n\n").trim()
        if (plain.length > LIMIT) return plain.take(LIMIT) + "…"
        return plain.ifEmpty { null }
    }

    private fun withoutMarkup(text: String): String {
        // From the inside out, as a tag may hold others.
        var result = text
        repeat(3) { result = INLINE_TAG.replace(result) { tag -> said(tag.groupValues[1], tag.groupValues[2]) } }
        result = ELEMENT.replace(PARAGRAPH.replace(result, "\n\n"), "")
        return ENTITIES.entries.fold(result) { line, (entity, char) -> line.replace(entity, char) }
    }

    /** A link is followed by its label, if it has one. */
    private fun said(tag: String, content: String): String {
        if (!tag.startsWith("link")) return content
        val target = content.substringBefore(' ').substringBefore('\n')
        return content.removePrefix(target).trim().ifEmpty { target.removePrefix("#").replace('#', '.') }
    }
}
