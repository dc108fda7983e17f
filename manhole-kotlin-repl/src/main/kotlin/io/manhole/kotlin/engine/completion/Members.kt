package io.manhole.kotlin.engine.completion

import org.jetbrains.kotlin.fir.declarations.FirRegularClass
import org.jetbrains.kotlin.fir.declarations.FirResolvePhase
import org.jetbrains.kotlin.fir.declarations.staticScope
import org.jetbrains.kotlin.fir.declarations.utils.isInfix
import org.jetbrains.kotlin.fir.expressions.FirExpression
import org.jetbrains.kotlin.fir.originalIfFakeOverride
import org.jetbrains.kotlin.fir.resolve.calls.FirSyntheticPropertiesScope
import org.jetbrains.kotlin.fir.resolve.defaultType
import org.jetbrains.kotlin.fir.resolve.lookupSuperTypes
import org.jetbrains.kotlin.fir.resolve.scope
import org.jetbrains.kotlin.fir.resolve.substitution.ConeSubstitutor
import org.jetbrains.kotlin.fir.resolve.toClassSymbol
import org.jetbrains.kotlin.fir.resolve.transformers.ReturnTypeCalculatorForFullBodyResolve
import org.jetbrains.kotlin.fir.scopes.CallableCopyTypeCalculator
import org.jetbrains.kotlin.fir.scopes.FirContainingNamesAwareScope
import org.jetbrains.kotlin.fir.scopes.getFunctions
import org.jetbrains.kotlin.fir.scopes.getProperties
import org.jetbrains.kotlin.fir.scopes.getSingleClassifier
import org.jetbrains.kotlin.fir.scopes.impl.nestedClassifierScope
import org.jetbrains.kotlin.fir.symbols.SymbolInternals
import org.jetbrains.kotlin.fir.symbols.impl.FirCallableSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassLikeSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirNamedFunctionSymbol
import org.jetbrains.kotlin.fir.types.ConeKotlinType
import org.jetbrains.kotlin.fir.types.classId
import org.jetbrains.kotlin.fir.types.lowerBoundIfFlexible
import org.jetbrains.kotlin.name.ClassId

/** Lists what types and classes have. */
@OptIn(SymbolInternals::class)
internal class Members(
    private val text: AnalysedText,
    private val candidates: Candidates,
    private val visibility: Visibility,
    /** Functions that are called between two operands, and nothing else. */
    private val infixOnly: Boolean = false,
) {
    private val session = text.session

    /** The members of a type, those declared nearest first, Java's getters as properties too. */
    fun ofType(type: ConeKotlinType, receiver: FirExpression?, rank: Int = Rank.MEMBER) {
        val scope =
            type.scope(session, text.scopes, CallableCopyTypeCalculator.CalculateDeferredForceLazyResolution, FirResolvePhase.STATUS)
                ?: return
        val levels = levels(type)

        fun add(symbol: FirCallableSymbol<*>, more: Int = 0) {
            // The class says where it is declared; what is inherited with other types says so by its original.
            val level = levels[symbol.originalIfFakeOverride()?.callableId?.classId ?: symbol.callableId?.classId] ?: 0
            add(symbol, rank + minOf(level, LEVELS) + more, receiver)
        }
        val properties = HashSet<String>()
        val synthetic =
            FirSyntheticPropertiesScope.createIfSyntheticNamesProviderIsDefined(
                session,
                type,
                scope,
                ReturnTypeCalculatorForFullBodyResolve.Default,
                isSuperCall = false,
            )
        val names = scope.getCallableNames()
        for (name in synthetic?.getCallableNames().orEmpty()) {
            // The field behind a getter most often has its name, and is private.
            if (name in names && scope.getProperties(name).any { visibility.permits(it, receiver) }) continue
            synthetic?.processPropertiesByName(name) { property ->
                properties += name.asString()
                add(property)
            }
        }
        for (name in names) {
            if (!candidates.wants(name.asString())) continue
            scope.getProperties(name).forEach { add(it) }
            scope.getFunctions(name).forEach { add(it, if (isAccessor(it, properties)) Rank.LATER else 0) }
        }
    }

    /** What is called on the class's name: static members, entries, nested classes, and what the companion has. */
    fun ofClass(symbol: FirClassSymbol<*>, receiver: FirExpression?, rank: Int = Rank.MEMBER) {
        ofStatics(symbol, receiver, rank)
        val companion = (symbol.fir as? FirRegularClass)?.companionObjectSymbol
        if (companion != null) ofType(companion.defaultType(), null, rank)
    }

    /** The same without the companion's. */
    fun ofStatics(symbol: FirClassSymbol<*>, receiver: FirExpression?, rank: Int = Rank.MEMBER) {
        symbol.staticScope(session, text.scopes)?.let { ofScope(it, receiver, rank) }
        session.nestedClassifierScope(symbol.fir)?.let { ofScope(it, null, rank + 1) }
    }

    private fun ofScope(scope: FirContainingNamesAwareScope, receiver: FirExpression?, rank: Int) {
        for (name in scope.getCallableNames()) {
            if (!candidates.wants(name.asString())) continue
            scope.getProperties(name).forEach { add(it, rank, receiver) }
            scope.getFunctions(name).forEach { add(it, rank, receiver) }
        }
        for (name in scope.getClassifierNames()) {
            if (!candidates.wants(name.asString())) continue
            (scope.getSingleClassifier(name) as? FirClassLikeSymbol<*>)?.let { add(it, rank) }
        }
    }

    fun add(
        symbol: FirCallableSymbol<*>,
        rank: Int,
        receiver: FirExpression? = null,
        substitutor: ConeSubstitutor = ConeSubstitutor.Empty,
        name: String = symbol.name.asString(),
    ) {
        if (symbol.name.isSpecial || !candidates.wants(name) || (infixOnly && !(symbol is FirNamedFunctionSymbol && symbol.isInfix))) return
        if (!visibility.permits(symbol, receiver)) return
        val later = if (name in ON_ALL || COMPONENT.matches(name) || visibility.isDeprecated(symbol)) Rank.LATER else 0
        val kind = if (symbol is FirNamedFunctionSymbol) Candidate.FUNCTION else Candidate.PROPERTY
        candidates.add(Candidate(name, kind, rank + later, symbol) { Signatures.short(symbol, substitutor) })
    }

    fun add(symbol: FirClassLikeSymbol<*>, rank: Int, name: String = symbol.name.asString(), inserted: String = name) {
        if (infixOnly || !candidates.wants(name) || !visibility.permits(symbol)) return
        val later = if (visibility.isDeprecated(symbol)) Rank.LATER else 0
        candidates.add(Candidate(name, Candidate.CLASS, rank + later, symbol, inserted) { Signatures.short(symbol) })
    }

    /** How far up each class is declared. */
    private fun levels(type: ConeKotlinType): Map<ClassId, Int> {
        val symbol = type.lowerBoundIfFlexible().toClassSymbol(session) ?: return emptyMap()
        val above = lookupSuperTypes(symbol, lookupInterfaces = true, deep = true, useSiteSession = session).mapNotNull { it.classId }
        return (listOf(symbol.classId) + above).withIndex().associate { (index, id) -> id to index }
    }

    private fun isAccessor(function: FirNamedFunctionSymbol, properties: Set<String>): Boolean {
        val name = function.name.asString()
        return (name.startsWith("get") || name.startsWith("set")) && name.drop(3).replaceFirstChar(Char::lowercase) in properties
    }

    private companion object {
        const val LEVELS = 80
        val COMPONENT = Regex("component\\d+")

        /** What every object has is seldom what is looked for. */
        val ON_ALL = setOf("equals", "hashCode", "toString", "copy", "wait", "notify", "notifyAll", "getClass", "finalize", "clone")
    }
}
