package io.manhole.kotlin.engine

import org.jetbrains.kotlin.fir.FirSession
import org.jetbrains.kotlin.fir.resolve.providers.symbolProvider
import org.jetbrains.kotlin.name.ClassId
import org.jetbrains.kotlin.name.FqName
import org.jetbrains.kotlin.name.Name

/** What the application's class path has. On the compiler's thread only. */
internal class LibraryNames(session: FirSession) {
    private val symbols = session.symbolProvider

    /** Whether a suspend function can be waited for. */
    val hasRunBlocking: Boolean by lazy { isCallable(FqName("kotlinx.coroutines"), Name.identifier("runBlocking")) }

    /** Whether the qualified name is that of a class, nested or not. */
    fun isClass(qualified: FqName): Boolean {
        if (qualified.isRoot) return false
        val segments = qualified.pathSegments()
        return segments.indices.any { index ->
            val inPackage = FqName.fromSegments(segments.take(index).map { it.asString() })
            val relative = FqName.fromSegments(segments.drop(index).map { it.asString() })
            symbols.getClassLikeSymbolByClassId(ClassId(inPackage, relative, false)) != null
        }
    }

    /** Whether there is something of this name outside all packages. */
    fun isUnpackaged(name: String): Boolean {
        if (!Name.isValidIdentifier(name)) return false
        val identifier = Name.identifier(name)
        return symbols.getClassLikeSymbolByClassId(ClassId(FqName.ROOT, identifier)) != null || isCallable(FqName.ROOT, identifier)
    }

    private fun isCallable(inPackage: FqName, name: Name) = symbols.getTopLevelCallableSymbols(inPackage, name).isNotEmpty()
}
