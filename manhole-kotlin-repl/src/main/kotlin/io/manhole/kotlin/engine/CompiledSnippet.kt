package io.manhole.kotlin.engine

/**
 * A snippet after compilation: a value that says all that running it needs.
 *
 * @property classes by internal name, as the compiler made them
 * @property resultName the property with the value, or null if there is none
 * @property resultType its static type, short, as Kotlin writes it
 * @property names what it declares and imports
 * @property starImports import directives that end in a star
 * @property lines of the user's text
 */
internal class CompiledSnippet(
    val name: SnippetName,
    val classes: Map<String, ByteArray>,
    val resultName: String?,
    val resultType: String?,
    val names: List<VisibleName>,
    val starImports: List<String>,
    val lines: Int,
)

/** What a compilation ended in. */
internal sealed interface Compilation {
    class Done(val snippet: CompiledSnippet) : Compilation

    /** @property problems at least one, in the order of their positions */
    class Rejected(val problems: List<Problem>) : Compilation

    data object Incomplete : Compilation
}
