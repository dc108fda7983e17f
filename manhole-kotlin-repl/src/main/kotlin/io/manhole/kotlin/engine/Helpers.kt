package io.manhole.kotlin.engine

/** Declarations in Kotlin that a session gets when it first mentions their names. What the user calls so comes first. */
internal object Helpers {
    private val NAMES = listOf("privates")

    fun mentionedIn(script: String): List<String> = NAMES.filter { it in script && it in identifiers(script) }

    fun source(name: String): String =
        checkNotNull(Helpers::class.java.getResourceAsStream("$name.kts")) { "$name.kts is missing beside the engine's classes" }
            .use { it.readBytes().decodeToString() }
}
