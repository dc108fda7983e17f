package io.manhole.kotlin.engine

/**
 * The classes of what is in a collection, for each of its type parameters: the types of a list's elements are nowhere
 * declared, and `orders.filter { it.id > 3 }` needs them.
 *
 * They are those of the moment: when the elements become others, the next snippet is compiled for these. Only classes of the
 * JDK that hold their elements themselves are looked into, and only at the first [LIMIT] elements. Others may load
 * them from a database or wait for a lock.
 */
internal data class Contents(val parameters: List<Elements?>) {
    /** @property classes of the elements that are not null; not empty */
    data class Elements(val classes: Set<Class<*>>, val hasNull: Boolean)

    companion object {
        private const val LIMIT = 200
        private const val CLASSES = 8
        private val NOTHING = Contents(emptyList())
        private val HOLDERS: Set<String> =
            (
                "ArrayList LinkedList ArrayDeque PriorityQueue HashMap LinkedHashMap TreeMap EnumMap HashSet LinkedHashSet TreeSet " +
                    "Arrays\$ArrayList Collections\$SingletonList Collections\$SingletonMap Collections\$SingletonSet " +
                    "ImmutableCollections\$ListN ImmutableCollections\$List12 ImmutableCollections\$SetN " +
                    "ImmutableCollections\$Set12 ImmutableCollections\$MapN ImmutableCollections\$Map1 " +
                    "concurrent.ConcurrentHashMap concurrent.ConcurrentSkipListMap concurrent.ConcurrentSkipListSet " +
                    "concurrent.CopyOnWriteArrayList concurrent.CopyOnWriteArraySet " +
                    "concurrent.ConcurrentLinkedQueue concurrent.ConcurrentLinkedDeque"
            ).split(' ').mapTo(HashSet()) { "java.util.$it" }

        fun of(value: Any?): Contents {
            if (value == null || value.javaClass.name !in HOLDERS) return NOTHING
            return try {
                when (value) {
                    is Collection<*> -> if (value.isEmpty()) NOTHING else Contents(listOf(elements(value)))
                    is Map<*, *> -> if (value.isEmpty()) NOTHING else Contents(listOf(elements(value.keys), elements(value.values)))
                    else -> NOTHING
                }
            } catch (_: RuntimeException) {
                // Somebody changes it at this moment.
                NOTHING
            }
        }

        private fun elements(all: Iterable<*>): Elements? {
            val classes = LinkedHashSet<Class<*>>()
            var hasNull = false
            var looked = 0
            for (element in all) {
                if (element == null) hasNull = true else classes += element.javaClass
                if (classes.size > CLASSES) return null
                if (++looked == LIMIT) break
            }
            return if (classes.isEmpty()) null else Elements(classes, hasNull)
        }
    }
}
