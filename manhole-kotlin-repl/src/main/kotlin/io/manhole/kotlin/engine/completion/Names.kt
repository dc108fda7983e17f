package io.manhole.kotlin.engine.completion

import io.manhole.kotlin.engine.Scope
import io.manhole.kotlin.engine.SnippetName
import io.manhole.kotlin.engine.VisibleName
import org.jetbrains.kotlin.fir.FirSession
import org.jetbrains.kotlin.fir.declarations.FirResolvePhase
import org.jetbrains.kotlin.fir.declarations.staticScope
import org.jetbrains.kotlin.fir.resolve.ScopeSession
import org.jetbrains.kotlin.fir.resolve.providers.symbolProvider
import org.jetbrains.kotlin.fir.scopes.getFunctions
import org.jetbrains.kotlin.fir.scopes.getProperties
import org.jetbrains.kotlin.fir.scopes.unsubstitutedScope
import org.jetbrains.kotlin.fir.symbols.FirBasedSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirCallableSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassLikeSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassSymbol
import org.jetbrains.kotlin.name.ClassId
import org.jetbrains.kotlin.name.FqName
import org.jetbrains.kotlin.name.Name

/** Finds what qualified names and those of the session stand for. */
internal class Names(
    private val session: FirSession,
    private val scopes: ScopeSession,
    private val classNames: ClassNames,
    libraries: FirSession,
) {
    private val symbols = session.symbolProvider

    /** Of a session that may be forgotten, as whole packages are looked through. */
    private val packages = libraries.symbolProvider

    /** The class of a qualified name, `a.b.C.D`. */
    fun classOf(qualified: String): FirClassLikeSymbol<*>? {
        val parts = qualified.split('.').map { it.trim().trim('`') }
        if (parts.any { !Name.isValidIdentifier(it) }) return null
        for (inPackage in parts.size - 1 downTo 0) {
            val id =
                ClassId(
                    FqName(parts.take(inPackage).joinToString(".")),
                    FqName(parts.drop(inPackage).joinToString(".")),
                    isLocal = false,
                )
            symbols.getClassLikeSymbolByClassId(id)?.let { return it }
        }
        return null
    }

    /** What an imported name may be: a class, and functions and properties of a package or of a class. */
    fun imported(qualified: String): List<FirBasedSymbol<*>> {
        val owner = qualified.substringBeforeLast('.', "")
        val name = qualified.substringAfterLast('.').trim('`')
        if (!Name.isValidIdentifier(name)) return emptyList()
        val found = ArrayList<FirBasedSymbol<*>>()
        classOf(qualified)?.let { found += it }
        if (classNames.isPackage(owner) || owner.isEmpty()) {
            found += symbols.getTopLevelCallableSymbols(FqName(owner), Name.identifier(name))
        } else {
            (classOf(owner) as? FirClassSymbol<*>)?.let { found += callables(it, Name.identifier(name)) }
        }
        return found
    }

    /** What a name of the session's stands for, the newest only. */
    fun ofSession(name: VisibleName): List<FirBasedSymbol<*>> {
        val target = target(name.import)
        if (name.key.kind == VisibleName.Kind.IMPORT) return imported(target)
        if (name.key.kind == VisibleName.Kind.TYPE || name.key.kind == VisibleName.Kind.OBJECT) return listOfNotNull(classOf(target))
        val snippet = classOf(target.substringBeforeLast('.')) as? FirClassSymbol<*> ?: return emptyList()
        return callables(snippet, Name.identifier(name.name))
    }

    /** The newest result. */
    fun result(scope: Scope): FirCallableSymbol<*>? {
        val property = scope.latestResult ?: return null
        val snippet = classOf(property.substringBeforeLast('.')) as? FirClassSymbol<*> ?: return null
        return callables(snippet, Name.identifier(property.substringAfterLast('.'))).firstOrNull()
    }

    private fun callables(owner: FirClassSymbol<*>, name: Name): List<FirCallableSymbol<*>> {
        val member = owner.unsubstitutedScope(session, scopes, false, FirResolvePhase.STATUS)
        val static = owner.staticScope(session, scopes)
        return listOfNotNull(static, member).flatMap { it.getProperties(name) + it.getFunctions(name) }
    }

    /** The names of a package's classes. */
    fun classNamesIn(packageName: String): Set<String> {
        val kotlin = packages.symbolNamesProvider.getTopLevelClassifierNamesInPackage(FqName(packageName)).orEmpty()
        return kotlin.mapTo(LinkedHashSet(classNames.classesIn(packageName))) { it.asString() }
    }

    fun classIn(packageName: String, simpleName: String): FirClassLikeSymbol<*>? =
        packages.getClassLikeSymbolByClassId(ClassId(FqName(packageName), Name.identifier(simpleName)))

    /** The names of a package's functions and properties. */
    fun callableNamesIn(packageName: String): Set<Name> =
        packages.symbolNamesProvider.getTopLevelCallableNamesInPackage(FqName(packageName)).orEmpty()

    fun callablesIn(packageName: String, name: Name): List<FirCallableSymbol<*>> =
        packages.getTopLevelCallableSymbols(FqName(packageName), name)

    fun isPackage(name: String): Boolean = classNames.isPackage(name) && !SnippetName.isPackage(name)

    fun subpackagesOf(name: String?): List<String> = classNames.subpackages(name)

    /** Pairs of package and simple name; none for what does not look like a class. */
    fun classesStartingWith(prefix: String): List<Pair<String, String>> =
        if (prefix.firstOrNull()?.isUpperCase() == true) classNames.startingWith(prefix) else emptyList()

    companion object {
        /** What Kotlin imports into every file, apart from the classes of `java.lang`. */
        val DEFAULT_PACKAGES =
            listOf(
                "kotlin",
                "kotlin.collections",
                "kotlin.text",
                "kotlin.io",
                "kotlin.sequences",
                "kotlin.ranges",
                "kotlin.comparisons",
                "kotlin.jvm",
                "kotlin.annotation",
            )
        const val JAVA = "java.lang"

        /** The name that an import directive is about. */
        fun target(import: String): String =
            import
                .removePrefix("import")
                .substringBefore(" as ")
                .trim()
                .split('.')
                .joinToString(".") { it.trim().trim('`') }
    }
}
