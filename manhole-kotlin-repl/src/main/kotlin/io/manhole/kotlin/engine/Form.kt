package io.manhole.kotlin.engine

/**
 * Which of the ways to write a snippet is tried.
 *
 * @property lastIsValue the last expression is to be kept as the result; otherwise it is a statement
 * @property objectsAreNamed `val o = object { … }` gets a named class, so that later snippets see its members
 * @property membersAreInternal declarations are internal, so that their types may be
 * @property seesInternals the application's internal members are at hand
 * @property newestNamesOnly of a name that was declared or imported more than once, only the newest is
 * @property unpackaged classes and functions of the unnamed package to import
 * @property blocking statements, by their index, that wait for the suspend functions they call
 */
internal data class Form(
    val lastIsValue: Boolean = true,
    val objectsAreNamed: Boolean = false,
    val membersAreInternal: Boolean = false,
    val seesInternals: Boolean = false,
    val newestNamesOnly: Boolean = false,
    val unpackaged: Set<String> = emptySet(),
    val blocking: Set<Int> = emptySet(),
)

/**
 * Finds the form in which a text compiles. The first one is that of ordinary code, so that nothing is different there;
 * what the compiler has against it says which to try next.
 */
internal class Forms(private val text: SnippetText, private val library: LibraryNames) {
    /** The form to try after the [tried] one, or null when nothing else is left. */
    fun after(tried: Form, problems: List<Problem>): Form? {
        val codes = problems.mapTo(HashSet()) { it.code }
        return when {
            tried.objectsAreNamed -> tried.copy(objectsAreNamed = false)
            tried.lastIsValue && codes.any { it in NOT_A_VALUE } -> tried.copy(lastIsValue = false)
            !tried.seesInternals && codes.any { it in INVISIBLE } -> tried.copy(seesInternals = true)
            !tried.membersAreInternal && codes.any(::isExposure) -> tried.copy(membersAreInternal = true)
            else -> withNames(tried, problems) ?: withWaiting(tried, problems) ?: withNewest(tried, codes)
        }
    }

    private fun withNames(tried: Form, problems: List<Problem>): Form? {
        val unresolved = problems.filter { it.code == UNRESOLVED }.mapNotNullTo(HashSet()) { identifierAt(text.code, it.offset)?.trim('`') }
        val found = unresolved.filterTo(HashSet()) { it !in tried.unpackaged && library.isUnpackaged(it) }
        return if (found.isEmpty()) null else tried.copy(unpackaged = tried.unpackaged + found)
    }

    private fun withWaiting(tried: Form, problems: List<Problem>): Form? {
        val suspended = problems.filter { it.code in SUSPENDS }
        if (suspended.isEmpty() || !library.hasRunBlocking) return null
        val statements =
            suspended.mapTo(
                HashSet(),
            ) { problem -> text.statements.indexOfLast { it.textRange.startOffset <= problem.offset } }
        return if (tried.blocking.containsAll(statements)) null else tried.copy(blocking = tried.blocking + statements)
    }

    private fun withNewest(tried: Form, codes: Set<String>): Form? =
        if (!tried.newestNamesOnly && codes.any { it in AMBIGUOUS }) tried.copy(newestNamesOnly = true) else null

    companion object {
        const val UNRESOLVED = "UNRESOLVED_REFERENCE"

        /** What the compiler says of a last expression that cannot be kept in a property. */
        private val NOT_A_VALUE =
            setOf("IMPLICIT_NOTHING_PROPERTY_TYPE", "NO_ELSE_IN_WHEN", "INVALID_IF_AS_EXPRESSION", "EXPRESSION_EXPECTED")
        private val INVISIBLE = setOf("INVISIBLE_REFERENCE", "INVISIBLE_MEMBER", "INVISIBLE_SETTER")
        val SUSPENDS = setOf("ILLEGAL_SUSPEND_FUNCTION_CALL", "ILLEGAL_SUSPEND_PROPERTY_ACCESS")
        private val AMBIGUOUS = setOf("OVERLOAD_RESOLUTION_AMBIGUITY", "AMBIGUOUS_IMPORT", "NONE_APPLICABLE")

        private fun isExposure(code: String) = code.startsWith("EXPOSED_") || code.startsWith("NON_PUBLIC_CALL_FROM_PUBLIC_INLINE")
    }
}
