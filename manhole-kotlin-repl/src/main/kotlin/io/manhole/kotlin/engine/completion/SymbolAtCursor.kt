package io.manhole.kotlin.engine.completion

import org.jetbrains.kotlin.fir.declarations.FirCallableDeclaration
import org.jetbrains.kotlin.fir.declarations.FirClassLikeDeclaration
import org.jetbrains.kotlin.fir.expressions.FirResolvedQualifier
import org.jetbrains.kotlin.fir.references.FirErrorNamedReference
import org.jetbrains.kotlin.fir.references.FirResolvedNamedReference
import org.jetbrains.kotlin.fir.resolve.diagnostics.ConeDiagnosticWithCandidates
import org.jetbrains.kotlin.fir.symbols.FirBasedSymbol

/** What the name at the cursor of an analysed text was resolved to; of several that it could be the first. */
internal fun symbolAtCursor(text: AnalysedText, name: String): FirBasedSymbol<*>? {
    when (val reference = text.access?.calleeReference) {
        is FirErrorNamedReference -> {
            (reference.diagnostic as? ConeDiagnosticWithCandidates)?.candidateSymbols?.firstOrNull()?.let { return it }
        }

        is FirResolvedNamedReference -> {
            return reference.resolvedSymbol
        }

        else -> {}
    }
    return when (val element = text.path.lastOrNull()) {
        is FirResolvedQualifier -> element.symbol?.takeIf { it.name.asString() == name }
        is FirCallableDeclaration -> element.symbol.takeIf { it.name.asString() == name }
        is FirClassLikeDeclaration -> element.symbol.takeIf { it.name.asString() == name }
        else -> null
    }
}
