package io.manhole.kotlin.engine

import org.jetbrains.kotlin.fir.FirSession
import org.jetbrains.kotlin.fir.resolve.providers.symbolProvider
import org.jetbrains.kotlin.name.ClassId
import org.jetbrains.kotlin.name.FqName
import org.jetbrains.kotlin.name.Name

/** The names that every Kotlin file sees without an import. On the compiler's thread only. */
internal class BuiltInNames(session: FirSession) {
    private val symbols = session.symbolProvider

    operator fun contains(name: String): Boolean {
        if (!Name.isValidIdentifier(name)) return false
        val identifier = Name.identifier(name)
        return PACKAGES.any { inPackage ->
            symbols.getClassLikeSymbolByClassId(ClassId(inPackage, identifier)) != null ||
                // An extension is called on something, so a plain name does not hide it.
                symbols.getTopLevelCallableSymbols(inPackage, identifier).any { it.receiverParameterSymbol == null }
        }
    }

    private companion object {
        val PACKAGES =
            listOf(
                "kotlin",
                "kotlin.annotation",
                "kotlin.collections",
                "kotlin.comparisons",
                "kotlin.io",
                "kotlin.ranges",
                "kotlin.sequences",
                "kotlin.text",
                "java.lang",
                "kotlin.jvm",
            ).map(::FqName)
    }
}
