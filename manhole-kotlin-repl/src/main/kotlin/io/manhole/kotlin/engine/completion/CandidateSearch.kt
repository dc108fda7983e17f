package io.manhole.kotlin.engine.completion

import io.manhole.kotlin.engine.Prelude
import io.manhole.kotlin.engine.Scope
import io.manhole.kotlin.engine.VisibleName
import org.jetbrains.kotlin.fir.declarations.fullyExpandedClass
import org.jetbrains.kotlin.fir.expressions.FirExpression
import org.jetbrains.kotlin.fir.expressions.FirResolvedQualifier
import org.jetbrains.kotlin.fir.resolve.defaultType
import org.jetbrains.kotlin.fir.symbols.impl.FirCallableSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassLikeSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassSymbol
import org.jetbrains.kotlin.fir.types.ConeErrorType
import org.jetbrains.kotlin.fir.types.ConeKotlinType
import org.jetbrains.kotlin.fir.types.isMarkedNullable
import org.jetbrains.kotlin.fir.types.resolvedType
import org.jetbrains.kotlin.psi.KtFile

/** Collects the candidates for one place of one text. */
internal class CandidateSearch(
    private val text: AnalysedText,
    private val scope: Scope,
    private val names: Names,
    private val candidates: Candidates,
) {
    private val visibility = Visibility(text)
    private val members = Members(text, candidates, visibility)
    private val here = ScopeAtCursor(text)

    fun at(place: Place, file: KtFile) {
        val imports = file.importDirectives.mapNotNull { it.importedFqName?.asString()?.plus(if (it.isAllUnder) ".*" else "") }
        when (place) {
            is Place.Import -> imports(place.qualifier)
            is Place.Type -> if (place.qualifier == null) classes(imports) else inside(place.qualifier, imports, callables = false)
            is Place.Member -> onReceiver(place.receiver, imports, members)
            is Place.Infix -> onReceiver("", imports, Members(text, candidates, visibility, infixOnly = true))
            is Place.Reference -> if (place.receiver == null) bare(imports) else onReference(place.receiver, imports)
            is Place.Name -> bare(imports)
        }
    }

    private fun imports(qualifier: String?) {
        packages(qualifier)
        if (qualifier == null) return
        inside(qualifier, emptyList(), callables = true)
    }

    private fun packages(qualifier: String?, rank: Int = Rank.PACKAGE) {
        names.subpackagesOf(qualifier).forEach { candidates.add(Candidate(it, Candidate.PACKAGE, rank, null) { null }) }
    }

    /** What a package or a class has, by its name alone. */
    private fun inside(qualifier: String, imports: List<String>, callables: Boolean) {
        if (names.isPackage(qualifier)) {
            packages(qualifier)
            packageMembers(qualifier, Rank.MEMBER, callables)
        }
        val symbol = classNamed(qualifier, imports)?.fullyExpandedClass(text.session) ?: return
        members.ofClass(symbol, null)
    }

    /** The class that a name as the user writes it stands for. */
    private fun classNamed(written: String, imports: List<String>): FirClassLikeSymbol<*>? {
        val first = written.substringBefore('.').trim('`')
        val rest = written.substringAfter('.', "")
        val symbol =
            (here.localClasses + here.snippetClasses).firstOrNull { it.name.asString() == first && rest.isEmpty() }
                ?: sessionNames()
                    .lastOrNull { it.name == first }
                    ?.let { names.ofSession(it) }
                    ?.firstNotNullOfOrNull { it as? FirClassLikeSymbol<*> }
        val full = symbol?.classId?.asSingleFqName()?.asString()?.let { if (rest.isEmpty()) it else "$it.$rest" }
        if (full != null) return names.classOf(full)
        val explicit = imports.filter { it.substringAfterLast('.') == first }.map { it.removeSuffix(".$first") }
        val packages = explicit + starPackages(imports) + Names.DEFAULT_PACKAGES + Names.JAVA
        return packages.firstNotNullOfOrNull { names.classOf("$it.$written") } ?: names.classOf(written)
    }

    private fun onReceiver(written: String, imports: List<String>, members: Members) {
        val receiver = text.receiver
        val type = receiver?.resolvedType
        if (receiver is FirResolvedQualifier && receiver.classId != null) {
            val symbol = receiver.symbol?.fullyExpandedClass(text.session) ?: return
            members.ofClass(symbol, receiver)
            // An object is a value too.
            if (receiver.canBeValue && type != null) onValue(type, null, imports, members)
        } else if (names.isPackage(written.replace(" ", ""))) {
            inside(written, imports, callables = true)
        } else if (receiver != null && type !is ConeErrorType && type != null) {
            onValue(type, receiver, imports, members)
        }
    }

    private fun onValue(type: ConeKotlinType, receiver: FirExpression?, imports: List<String>, members: Members) {
        // On what may be null, its members come last: they are called with `?.`.
        members.ofType(type, receiver, if (type.isMarkedNullable) Rank.BUILT_IN else Rank.MEMBER)
        extensions(type, imports, members, Rank.EXTENSION)
    }

    private fun onReference(written: String, imports: List<String>) {
        val receiver = text.receiver
        if (receiver is FirResolvedQualifier && receiver.classId != null) {
            val symbol = receiver.symbol?.fullyExpandedClass(text.session) ?: return
            members.ofStatics(symbol, receiver)
            onValue(symbol.defaultType(), null, imports, members)
        } else {
            onReceiver(written, imports, members)
        }
    }

    /** A name with nothing before it. */
    private fun bare(imports: List<String>) {
        here.locals.forEachIndexed { index, local -> if (local.resolvedReceiverType == null) members.add(local, Rank.LOCAL + index) }
        here.implicitReceivers.forEachIndexed { index, type -> members.ofType(type, null, Rank.MEMBER * (index + 1)) }
        here.classes.forEach { members.ofClass(it, null, Rank.SNIPPET - 1) }
        here.snippet.forEach { if (it.resolvedReceiverType == null) members.add(it, Rank.SNIPPET) }
        session(callables = true)
        imported(imports, callables = true)
        if (!candidates.isOpen) {
            here.implicitReceivers.forEach { extensions(it, imports, members, Rank.EXTENSION) }
            for (each in starPackages(imports)) packageMembers(each, Rank.IMPORTED, callables = true)
            for (each in Names.DEFAULT_PACKAGES) packageMembers(each, Rank.BUILT_IN, callables = true)
            packages(null)
        }
        classes(imports)
    }

    private fun session(callables: Boolean) {
        if (callables) names.result(scope)?.let { members.add(it, Rank.SESSION, name = Scope.RESULT) }
        sessionNames().asReversed().forEachIndexed { index, name ->
            if (!candidates.wants(name.name) || name.key.kind == VisibleName.Kind.IMPORT) return@forEachIndexed
            for (symbol in names.ofSession(name)) {
                if (callables && symbol is FirCallableSymbol<*> && symbol.resolvedReceiverType == null) {
                    members.add(symbol, Rank.SESSION + minOf(index, Rank.LATER - 1), name = name.name)
                } else if (symbol is FirClassLikeSymbol<*>) {
                    members.add(symbol, Rank.SESSION + minOf(index, Rank.LATER - 1), name.name)
                }
            }
        }
    }

    /** What the user or an earlier snippet has imported by name. */
    private fun imported(imports: List<String>, callables: Boolean) {
        val targets =
            sessionNames().filter { it.key.kind == VisibleName.Kind.IMPORT }.map { it.name to Names.target(it.import) } +
                imports.filterNot { it.endsWith("*") }.map { it.substringAfterLast('.') to it }
        for ((name, target) in targets) {
            if (!candidates.wants(name)) continue
            for (symbol in names.imported(target)) {
                if (callables && symbol is FirCallableSymbol<*> && symbol.resolvedReceiverType == null) {
                    members.add(symbol, Rank.IMPORTED, name = name)
                } else if (symbol is FirClassLikeSymbol<*>) {
                    members.add(symbol, Rank.IMPORTED, name)
                }
            }
        }
    }

    /** The classes that a simple name can be, and others of the class path by their full names. */
    private fun classes(imports: List<String>) {
        here.localClasses.forEach { members.add(it, Rank.LOCAL) }
        here.snippetClasses.forEach { members.add(it, Rank.SNIPPET) }
        session(callables = false)
        imported(imports, callables = false)
        if (candidates.isOpen) return
        packages(null)
        val visible = starPackages(imports) + Names.DEFAULT_PACKAGES + Names.JAVA
        for (each in visible) packageMembers(each, if (each in imports) Rank.IMPORTED else Rank.BUILT_IN, callables = false)
        notImported(visible)
    }

    private fun notImported(visible: List<String>) {
        val found =
            names.classesStartingWith(candidates.prefix).filter { (packageName, _) -> packageName !in visible }.sortedWith(
                compareBy({ it.second }, { if (it.first.startsWith("java.util")) 0 else 1 }, { it.first }),
            )
        var added = 0
        for ((packageName, simple) in found) {
            val symbol = names.classIn(packageName, simple) ?: continue
            if (!visibility.permits(symbol)) continue
            members.add(symbol, Rank.NOT_IMPORTED + added, simple, "$packageName.$simple")
            if (++added == NOT_IMPORTED_LIMIT) break
        }
    }

    private fun packageMembers(packageName: String, rank: Int, callables: Boolean) {
        for (simple in names.classNamesIn(packageName)) {
            if (candidates.wants(simple)) names.classIn(packageName, simple)?.let { members.add(it, rank) }
        }
        if (!callables) return
        for (name in names.callableNamesIn(packageName)) {
            if (!candidates.wants(name.asString())) continue
            names.callablesIn(packageName, name).forEach { if (it.resolvedReceiverType == null) members.add(it, rank) }
        }
    }

    private fun extensions(type: ConeKotlinType, imports: List<String>, members: Members, rank: Int) {
        val applicability = Applicability(text.session, type)

        fun offer(symbol: FirCallableSymbol<*>, rank: Int, name: String = symbol.name.asString()) {
            if (candidates.wants(name)) applicability.of(symbol)?.let { members.add(symbol, rank, null, it, name) }
        }
        here.locals.forEach { offer(it, Rank.SNIPPET) }
        here.snippet.forEach { offer(it, Rank.SNIPPET) }
        for (name in sessionNames()) {
            if (!candidates.wants(name.name) || (name.key.kind != VisibleName.Kind.IMPORT && name.key.signature.isEmpty())) continue
            names.ofSession(name).forEach { if (it is FirCallableSymbol<*>) offer(it, Rank.SESSION, name.name) }
        }
        for (import in imports.filterNot { it.endsWith("*") }) {
            names.imported(import).forEach { if (it is FirCallableSymbol<*>) offer(it, Rank.IMPORTED) }
        }
        for (packageName in starPackages(imports) + Names.DEFAULT_PACKAGES) {
            for (name in names.callableNamesIn(packageName)) {
                if (!candidates.wants(name.asString())) continue
                names.callablesIn(packageName, name).forEach { offer(it, rank) }
            }
        }
    }

    private fun starPackages(imports: List<String>) =
        (scope.starImports.map { Names.target(it) } + imports).filter { it.endsWith(".*") }.map { it.removeSuffix(".*") }.distinct()

    /** Those that nobody is to see are not among them. */
    private fun sessionNames() = scope.visible.filterNot { it.name == Prelude.VALUES }

    private companion object {
        const val NOT_IMPORTED_LIMIT = 50
    }
}
