package io.manhole.kotlin.engine

/**
 * What a snippet's class is called.
 *
 * @property session of the compiler's sessions, from 0
 * @property number of the session's snippets, from 0
 */
internal data class SnippetName(val session: Int, val number: Int) {
    val packageName get() = "r${session}_${number / BLOCK}"
    val objectName get() = "S${number % BLOCK}"

    /** As source code writes it. */
    val qualified get() = "$packageName.$objectName"

    /** As class files write it. */
    val internal get() = "$packageName/$objectName"

    /** What the compiler says of this snippet, in which a class that was declared anew since can be told from the newest of its name. */
    fun explain(message: String): String {
        val newest = HashMap<String, Int>()
        CLASS.findAll(message).forEach { newest.merge(it.groupValues[2], age(it), ::minOf) }
        val marked =
            CLASS.replace(message) { found ->
                val name = found.groupValues[2]
                if (age(found) > newest.getValue(name)) "$name (older)" else name
            }
        return strip(marked)
    }

    /** In snippets; most messages do not name the block. */
    private fun age(found: MatchResult) = Math.floorMod(number - found.groupValues[1].toInt(), BLOCK)

    companion object {
        private val CLASS = Regex("\\b(?:r\\d+_\\d+\\.)?S(\\d+)\\.((?:\\w+\\.)*\\w+)")

        /** Snippets in one package. */
        const val BLOCK = 256
        private val PACKAGE = Regex("r\\d+_\\d+")
        private val QUALIFIER = Regex("\\b(r\\d+_\\d+\\.)?S\\d+\\.")
        private val NAMED_OBJECT = Regex("`?\\w+\\\$object`?")

        /** What a class made of an object expression is called: the property's name and this. */
        const val OBJECT_SUFFIX = "\$object"

        /** A type or message as it would be if the snippets' declarations stood at the top level. */
        fun strip(message: String) = NAMED_OBJECT.replace(QUALIFIER.replace(message, ""), "<anonymous object>")

        fun isPackage(name: String) = name.startsWith("r") && PACKAGE.matches(name)

        /** What the package names of a session begin with, and no other session's. */
        fun packagePrefix(session: Int) = "r${session}_"
    }
}
