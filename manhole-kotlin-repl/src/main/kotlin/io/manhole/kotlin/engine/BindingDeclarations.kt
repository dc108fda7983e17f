package io.manhole.kotlin.engine

import io.manhole.repl.ReplCommand

/**
 * Gives each binding the nearest type that compiles. The class path that evaluated code runs with and the one it is compiled
 * against may differ, and Kotlin hides classes that look public to Java, so only the compiler knows.
 */
internal class BindingDeclarations(private val types: NamedType) {
    /**
     * What came of it.
     *
     * @property left names that no declaration could be compiled for, with the compiler's message
     */
    class Declared(val preludes: List<Pair<Prelude, CompiledSnippet>>, val left: Map<String, String>) {
        operator fun plus(other: Declared) = Declared(preludes + other.preludes, left + other.left)
    }

    /** Declares the bindings and commands with as many compilations as it takes. */
    fun declare(bindings: Map<String, Any?>, commands: List<ReplCommand>, compile: (String) -> Compilation): Declared {
        val candidates = bindings.mapValuesTo(LinkedHashMap()) { (_, value) -> ArrayDeque(typesOf(value)) }
        val functions = commands.toMutableList()
        val left = LinkedHashMap<String, String>()
        while (candidates.isNotEmpty() || functions.isNotEmpty()) {
            val prelude = Prelude(candidates.mapValues { it.value.first() }, functions)
            val source = prelude.source
            when (val compilation = compile(source)) {
                is Compilation.Done -> {
                    return Declared(listOf(prelude to compilation.snippet), left)
                }

                is Compilation.Incomplete -> {
                    return Declared(emptyList(), bindings.mapValues { "its name is taken for code" })
                }

                is Compilation.Rejected -> {
                    val wrong = compilation.problems.associateBy { prelude.lines.getOrNull(lineOf(source, it.offset) - 2) }
                    if (wrong.keys.all { it == null }) return divide(bindings, commands, compilation.problems.first(), compile)
                    for ((name, problem) in wrong) drop(name ?: continue, problem, candidates, functions, left)
                }
            }
        }
        return Declared(emptyList(), left)
    }

    private fun typesOf(value: Any?) = if (value === LatestError.PLACE) listOf(LatestError.TYPE) else types.candidates(value)

    /** Where the compiler does not say which of the names it cannot stand, the others are declared without that one. */
    private fun divide(
        bindings: Map<String, Any?>,
        commands: List<ReplCommand>,
        problem: Problem,
        compile: (String) -> Compilation,
    ): Declared {
        val names = bindings.keys.toList()
        if (names.size + commands.size == 1) {
            return Declared(emptyList(), mapOf((names + commands.map { it.name }).single() to problem.message))
        }
        // Halves of the two lists in a row, so that each half has something in it.
        val half = (names.size + commands.size) / 2
        val some = names.take(half).toSet()
        val someCommands = commands.take((half - names.size).coerceAtLeast(0))
        return declare(bindings.filterKeys { it in some }, someCommands, compile) +
            declare(bindings.filterKeys { it !in some }, commands.drop(someCommands.size), compile)
    }

    /** Goes on to the next type, or does without the name. */
    private fun drop(
        name: String,
        problem: Problem,
        candidates: MutableMap<String, ArrayDeque<String>>,
        functions: MutableList<ReplCommand>,
        left: MutableMap<String, String>,
    ) {
        val types = candidates[name]
        if (types != null && types.size > 1) {
            types.removeFirst()
            return
        }
        candidates.remove(name)
        functions.removeIf { it.name == name }
        left[name] = problem.message
    }
}

/** From 1. */
internal fun lineOf(text: String, offset: Int): Int = text.substring(0, offset.coerceIn(0, text.length)).count { it == '\n' } + 1

/** From 1. */
internal fun columnOf(text: String, offset: Int): Int {
    val within = offset.coerceIn(0, text.length)
    return within - text.lastIndexOf('\n', within - 1)
}
