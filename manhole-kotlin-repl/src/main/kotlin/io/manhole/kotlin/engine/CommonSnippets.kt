package io.manhole.kotlin.engine

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger

/**
 * Snippets that see nothing of the session they are for: compiled once, and run by every session that needs the same text.
 *
 * @param session a number of their own, which no session has
 */
internal class CommonSnippets(private val session: Int, private val compile: (String, SnippetName) -> Compilation) {
    private val compiled = ConcurrentHashMap<String, Compilation.Done>()
    private val numbers = AtomicInteger()

    /** @param own names the snippet if it is one too many to be kept */
    fun compile(code: String, own: () -> SnippetName): Compilation {
        compiled[code]?.let { return it }
        if (compiled.size >= MAX) return compile(code, own())
        val compilation = compile(code, SnippetName(session, numbers.getAndIncrement()))
        if (compilation !is Compilation.Done) return compilation
        return compiled.putIfAbsent(code, compilation) ?: compilation
    }

    private companion object {
        /** Objects of ever other types would fill the memory. */
        const val MAX = 32
    }
}
