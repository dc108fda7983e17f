package io.manhole.kotlin.engine

import java.util.concurrent.ConcurrentHashMap
import javax.script.Bindings
import javax.script.ScriptContext

/**
 * Gives the objects that a script is evaluated with typed names.
 *
 * Each script has accessors of its own, which look into the context of its own evaluation: so code that it leaves behind,
 * such as a callback, still sees what the script saw, whoever evaluates what meanwhile.
 */
internal class BoundNames(private val types: NamedType, private val compile: (String) -> Compilation) {
    /** What compiled of the types that were tried. */
    private val known: MutableMap<List<String>, String> = ConcurrentHashMap()

    /** The types of those of the objects that can be named, as source code writes them. */
    fun typesOf(values: Map<String, Any?>): Map<String, String> {
        val candidates = values.mapValues { (_, value) -> types.candidates(value) }
        val unknown = values.filterKeys { candidates.getValue(it) !in known }
        if (unknown.isNotEmpty()) {
            for ((prelude, _) in BindingDeclarations(types).declare(unknown, emptyList(), compile).preludes) {
                prelude.types.forEach { (name, type) -> known[candidates.getValue(name)] = type }
            }
        }
        return candidates.mapNotNull { (name, tried) -> known[tried]?.let { name to it } }.toMap()
    }

    companion object {
        /** The static field of a script that holds the context of its evaluation. */
        const val CONTEXT = "\$context"

        /** What a script can always say, unless something else has that name. */
        val STANDARD = mapOf("context" to ScriptContext::class.java.name, "bindings" to Bindings::class.java.name)

        /** What no Kotlin name may contain, even between backticks. */
        private const val FORBIDDEN = ".;:/[]<>\\`\n\r"

        fun canBeNamed(name: String) = name.isNotEmpty() && name.none { it in FORBIDDEN }

        fun appendAccessorsTo(source: StringBuilder, types: Map<String, String>) {
            if (types.isEmpty()) return
            source.append("lateinit var `$CONTEXT`: ${STANDARD.getValue("context")}; ")
            for ((name, type) in types) {
                val value =
                    when (type) {
                        STANDARD["context"] -> "`$CONTEXT`"
                        STANDARD["bindings"] -> "`$CONTEXT`.getBindings(${ScriptContext.ENGINE_SCOPE})"
                        else -> "`$CONTEXT`.getAttribute(\"${name.replace("$", "\\$")}\") as $type"
                    }
                source.append("val `$name`: $type get() = $value; ")
            }
        }
    }
}
