package io.manhole.kotlin.engine.completion

import io.manhole.repl.Completion
import org.jetbrains.kotlin.fir.symbols.FirBasedSymbol

/**
 * What could stand at the cursor.
 *
 * @property rank lower is better
 * @property symbol what it names, or null for keywords and packages
 * @property type how it is typed, written out only for what is shown
 */
internal class Candidate(
    val name: String,
    val kind: String,
    val rank: Int,
    val symbol: FirBasedSymbol<*>?,
    val inserted: String = name,
    val type: () -> String?,
) {
    /** Functions of the same name that came after this one. */
    var overloads = 0

    companion object {
        const val FUNCTION = "function"
        const val PROPERTY = "property"
        const val CLASS = "class"
        const val PACKAGE = "package"
        const val KEYWORD = "keyword"
    }
}

/** The candidates found so far, each name once. */
internal class Candidates(val prefix: String, private val checkCanceled: () -> Unit) {
    private val found = LinkedHashMap<String, Candidate>()
    private val symbols = HashSet<FirBasedSymbol<*>>()

    /** Whether the user has typed nothing of the name yet. */
    val isOpen: Boolean get() = prefix.isEmpty()

    fun wants(name: String): Boolean = name.startsWith(prefix)

    /** The first of a name stays, except that a better one takes its place. */
    fun add(candidate: Candidate) {
        checkCanceled()
        if (!wants(candidate.name)) return
        // Several ways lead to some of them.
        if (candidate.symbol != null && !symbols.add(candidate.symbol)) return
        val key = candidate.kind + ' ' + candidate.inserted
        val known = found[key]
        if (known == null || candidate.rank < known.rank) {
            found[key] = candidate
        } else if (known.rank == candidate.rank && candidate.kind == Candidate.FUNCTION) {
            known.overloads++
        }
    }

    /** Best first, without their types. */
    fun sorted(): List<Candidate> = found.values.sortedWith(compareBy({ it.rank }, { it.name }))

    /** @param start of what they replace */
    fun completions(start: Int): List<Completion> =
        sorted().take(LIMIT).map { candidate ->
            checkCanceled()
            val type = candidate.type()
            val more = if (candidate.overloads == 0) "" else " (+${candidate.overloads})"
            val inserted = if (candidate.kind == Candidate.KEYWORD) candidate.inserted else quoted(candidate.inserted)
            Completion(inserted, candidate.kind, type?.plus(more), start)
        }

    companion object {
        const val LIMIT = 500
        private val PLAIN = Regex("[\\p{L}_][\\p{L}\\p{N}_]*")

        /** What is no name in Kotlin goes between backticks. */
        private fun quoted(name: String) =
            name.split('.').joinToString(".") { if (PLAIN.matches(it) && it !in Keywords.HARD) it else "`$it`" }
    }
}

/** From the best to the last. Members take up the room of as many types as they can be inherited from. */
internal object Rank {
    const val LOCAL = 0
    const val MEMBER = 1_000
    const val SNIPPET = 10_000
    const val SESSION = 20_000
    const val IMPORTED = 30_000
    const val EXTENSION = 40_000
    const val BUILT_IN = 50_000
    const val KEYWORD = 60_000
    const val PACKAGE = 61_000
    const val NOT_IMPORTED = 62_000

    /** What is deprecated, or is most often not meant, comes after its like. */
    const val LATER = 900
}
