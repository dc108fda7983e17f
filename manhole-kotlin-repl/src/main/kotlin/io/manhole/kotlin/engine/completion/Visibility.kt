package io.manhole.kotlin.engine.completion

import org.jetbrains.kotlin.fir.declarations.FirMemberDeclaration
import org.jetbrains.kotlin.fir.declarations.FirResolvePhase
import org.jetbrains.kotlin.fir.declarations.getDeprecation
import org.jetbrains.kotlin.fir.expressions.FirExpression
import org.jetbrains.kotlin.fir.originalIfFakeOverride
import org.jetbrains.kotlin.fir.symbols.FirBasedSymbol
import org.jetbrains.kotlin.fir.symbols.SymbolInternals
import org.jetbrains.kotlin.fir.symbols.impl.FirCallableSymbol
import org.jetbrains.kotlin.fir.symbols.lazyResolveToPhase
import org.jetbrains.kotlin.fir.visibilityChecker
import org.jetbrains.kotlin.resolve.deprecation.DeprecationLevelValue

/** What a text may use at its cursor. */
@OptIn(SymbolInternals::class)
internal class Visibility(private val text: AnalysedText) {
    private val checker = text.session.visibilityChecker
    private val around = text.declarations

    fun permits(symbol: FirBasedSymbol<*>, receiver: FirExpression? = null): Boolean {
        symbol.lazyResolveToPhase(FirResolvePhase.STATUS)
        val original = (symbol as? FirCallableSymbol<*>)?.originalIfFakeOverride() ?: symbol
        val declaration = original.fir as? FirMemberDeclaration ?: return true
        return deprecation(symbol) != DeprecationLevelValue.ERROR &&
            deprecation(symbol) != DeprecationLevelValue.HIDDEN &&
            checker.isVisible(declaration, text.session, text.file, around, receiver)
    }

    fun isDeprecated(symbol: FirBasedSymbol<*>): Boolean = deprecation(symbol) == DeprecationLevelValue.WARNING

    private fun deprecation(symbol: FirBasedSymbol<*>) = symbol.getDeprecation(text.session, null)?.deprecationLevel
}
