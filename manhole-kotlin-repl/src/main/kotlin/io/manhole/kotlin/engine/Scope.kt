package io.manhole.kotlin.engine

import org.jetbrains.kotlin.name.FqName

/**
 * A name that later snippets may use without qualifying it.
 *
 * @property key equal for two names of which the newer replaces the older
 * @property name as an identifier without backticks
 * @property import the import directive that makes it visible
 * @property always imported even where the name does not occur, as operators are called without it
 * @property documentation the comment above its declaration, as typed
 * @property imported what an import directive of the user's names; null for what the snippet declares
 */
internal data class VisibleName(
    val key: Key,
    val name: String,
    val import: String,
    val always: Boolean = false,
    val documentation: String? = null,
    val imported: FqName? = null,
) {
    /** The same for all names of one snippet; an import's is its own. */
    val origin: String get() = import.substringBeforeLast('.')

    /**
     * What a name stands for.
     *
     * @property signature receiver and parameter types where there are any, as written; of an import that is no
     * class, what it names
     */
    data class Key(val kind: Kind, val name: String, val signature: String = "")

    enum class Kind { IMPORT, TYPE, OBJECT, PROPERTY, FUNCTION }
}

/** All that earlier snippets declared and imported; immutable. */
internal class Scope private constructor(
    private val names: Map<VisibleName.Key, VisibleName>,
    val starImports: Set<String>,
    /** The property that [RESULT] stands for, as an import names it. */
    val latestResult: String?,
    /** How many results there are so far. */
    val results: Int,
    private val bound: Map<String, String> = emptyMap(),
) {
    /** Oldest first. */
    val visible: Collection<VisibleName> get() = names.values

    /** This scope after a snippet has been run. */
    operator fun plus(snippet: CompiledSnippet): Scope {
        val merged = LinkedHashMap(names)
        for (name in snippet.names) {
            replacedBy(name.key).forEach(merged::remove)
            merged[name.key] = name
        }
        val result = snippet.resultName?.let { "${snippet.name.qualified}.$it" }
        return Scope(merged, starImports + snippet.starImports, result ?: latestResult, results + if (result == null) 0 else 1)
    }

    /** This scope for one text that is to see objects by these names; [types] has their types as source code writes them. */
    fun withBound(types: Map<String, String>) = Scope(names, starImports, latestResult, results, types)

    /** Whether an object of this name could not be seen for what has been declared. */
    fun hides(name: String): Boolean = HIDING.any { VisibleName.Key(it, name) in names }

    /** The names and types of objects that a text is to see which declares these names. */
    fun boundBeside(declared: Collection<VisibleName>): Map<String, String> =
        if (bound.isEmpty()) {
            bound
        } else {
            bound -
                declared.filter { it.key.kind in HIDING && it.key.signature.isEmpty() }.map { it.name }.toSet()
        }

    /**
     * The import directives that a text needs which mentions these identifiers and declares these names.
     *
     * @param newestOnly of each name only what was declared or imported last
     */
    fun importsFor(mentioned: Set<String>, declared: Collection<VisibleName>, newestOnly: Boolean = false): List<String> {
        val hidden = declared.flatMapTo(HashSet()) { replacedBy(it.key) }
        val imports = LinkedHashSet(starImports)
        var visible = names.values.filter { it.key !in hidden && (it.always || it.name in mentioned) }
        if (newestOnly) {
            val newest = visible.associate { it.name to it.origin } // the last one wins
            val declaredNames = declared.mapTo(HashSet()) { it.name }
            visible = visible.filter { it.origin == newest[it.name] && it.name !in declaredNames }
        }
        visible.mapTo(imports) { it.import }
        val resultHidden = RESULT_KEY in names || declared.any { it.key == RESULT_KEY }
        if (latestResult != null && RESULT in mentioned && !resultHidden) imports += "import $latestResult as $RESULT"
        return imports.toList()
    }

    /** Whether something is called so. */
    fun has(name: String) = names.values.any { it.name == name }

    /** What cannot stand beside the name: Kotlin would call the two of them ambiguous, or take the older. */
    private fun replacedBy(key: VisibleName.Key): List<VisibleName.Key> {
        fun plain(kind: VisibleName.Kind) = VisibleName.Key(kind, key.name)
        val others =
            when (key.kind) {
                VisibleName.Kind.IMPORT -> {
                    if (key.signature.isNotEmpty()) return listOf(key)
                    listOf(VisibleName.Kind.TYPE, VisibleName.Kind.OBJECT, VisibleName.Kind.PROPERTY)
                }

                VisibleName.Kind.TYPE -> {
                    listOf(VisibleName.Kind.OBJECT, VisibleName.Kind.PROPERTY, VisibleName.Kind.IMPORT)
                }

                VisibleName.Kind.OBJECT -> {
                    listOf(VisibleName.Kind.TYPE, VisibleName.Kind.PROPERTY, VisibleName.Kind.IMPORT)
                }

                VisibleName.Kind.PROPERTY -> {
                    if (key.signature.isEmpty()) listOf(VisibleName.Kind.OBJECT, VisibleName.Kind.IMPORT) else emptyList()
                }

                VisibleName.Kind.FUNCTION -> {
                    emptyList()
                }
            }
        return others.map(::plain) + key
    }

    companion object {
        /** The newest result, whatever its number. */
        const val RESULT = "res"
        private val HIDING = setOf(VisibleName.Kind.PROPERTY, VisibleName.Kind.OBJECT, VisibleName.Kind.IMPORT)
        private val RESULT_KEY = VisibleName.Key(VisibleName.Kind.PROPERTY, RESULT)
        val EMPTY = Scope(emptyMap(), emptySet(), null, 0)
    }
}
