package io.manhole.kotlin.engine

import io.manhole.repl.ReplCommand

/**
 * The snippet through which evaluated code reaches the objects it was given: an accessor for each name, and a function for
 * each command, one to a line.
 */
internal class Prelude(val types: Map<String, String>, private val commands: List<ReplCommand>) {
    /** The names in the order of their lines, from the second on. */
    val lines: List<String> = types.keys.toList() + commands.map { it.name }

    val source: String
        get() =
            buildString {
                append("import java.util.Arrays as $ARRAYS; import java.util.HashMap as $MAP; ")
                append("@JvmField val `$VALUES`: kotlin.collections.MutableMap<kotlin.String, kotlin.Any?> = $MAP()")
                types.forEach { (name, type) -> append("\ninternal val `$name`: $type get() = `$VALUES`[${quote(name)}] as $type") }
                commands.forEach { append('\n').append(function(it)) }
            }

    fun declares(name: String) = name in types

    private fun function(command: ReplCommand): String {
        val parameters = command.parameters.joinToString { "`${it.name}`: ${PARAMETER_TYPES.getValue(it.type)}" }
        val arguments = command.parameters.joinToString { "`${it.name}`" }
        return "fun `${command.name}`($parameters): kotlin.Unit { (`$VALUES`[${quote(key(command))}] as $ACTION)" +
            ".accept($ARRAYS.asList<kotlin.Any?>($arguments)) }"
    }

    /** What is to be put into the snippet's map. */
    fun values(bindings: Map<String, Any?>): Map<String, Any?> =
        types.keys.associateWith { name -> bindings[name].takeIf { it !== LatestError.PLACE } } +
            commands.associate { key(it) to it.action }

    private fun key(command: ReplCommand) = command.name + "()"

    private fun quote(name: String) = "\"" + name.replace("$", "\\$") + "\""

    companion object {
        /** The static field with the map. */
        const val VALUES = "\$values"

        /** Whatever the bindings are called: `java.util` would be one named `java`. */
        private const val MAP = SnippetHeader.OURS + "HashMap"
        private const val ARRAYS = SnippetHeader.OURS + "Arrays"
        private const val ACTION = "java.util.function.Consumer<kotlin.collections.List<kotlin.Any?>>"
        private val PARAMETER_TYPES: Map<Class<*>, String> =
            mapOf(
                Int::class.javaPrimitiveType!! to "kotlin.Int",
                Long::class.javaPrimitiveType!! to "kotlin.Long",
                Boolean::class.javaPrimitiveType!! to "kotlin.Boolean",
                String::class.java to "kotlin.String",
                Any::class.java to "kotlin.Any?",
            )
    }
}
