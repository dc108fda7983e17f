package io.manhole.kotlin.engine.completion

import io.manhole.kotlin.engine.SnippetName
import org.jetbrains.kotlin.descriptors.ClassKind
import org.jetbrains.kotlin.fir.symbols.FirBasedSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirCallableSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassLikeSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirConstructorSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirFunctionSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirTypeAliasSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirValueParameterSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirVariableSymbol

/** How a symbol is declared. */
internal class SymbolText(private val symbol: FirBasedSymbol<*>) {
    val name: String
        get() =
            when (symbol) {
                is FirConstructorSymbol -> symbol.callableId.classId?.shortClassName?.asString() ?: "constructor"
                is FirCallableSymbol<*> -> symbol.name.asString()
                is FirClassLikeSymbol<*> -> symbol.name.asString()
                else -> ""
            }

    val kind: String
        get() =
            when (symbol) {
                is FirConstructorSymbol -> "constructor"
                is FirFunctionSymbol<*> -> Candidate.FUNCTION
                is FirValueParameterSymbol -> "parameter"
                is FirCallableSymbol<*> -> Candidate.PROPERTY
                is FirTypeAliasSymbol -> "typealias"
                is FirClassSymbol<*> -> symbol.classKind.codeRepresentation ?: Candidate.CLASS
                else -> Candidate.CLASS
            }

    val type: String? get() = (symbol as? FirCallableSymbol<*>)?.let { Signatures.returnType(it) }

    val signature: String
        get() =
            when (symbol) {
                is FirConstructorSymbol -> name + Signatures.parameters(symbol)
                is FirFunctionSymbol<*> -> "fun " + qualifiers(symbol) + name + Signatures.parameters(symbol) + ": " + type
                is FirValueParameterSymbol -> "$name: $type"
                is FirVariableSymbol<*> -> (if (symbol.isVal) "val " else "var ") + qualifiers(symbol) + name + ": " + type
                is FirClassSymbol<*> -> words(symbol.classKind) + " " + name + typeParameters(symbol)
                else -> "$kind $name"
            }

    private fun words(kind: ClassKind) = kind.codeRepresentation ?: "enum entry"

    private fun qualifiers(callable: FirCallableSymbol<*>): String {
        val receiver = callable.resolvedReceiverType?.let { TypeText.of(it) + "." }.orEmpty()
        return Signatures.typeParameters(callable) + receiver
    }

    private fun typeParameters(type: FirClassSymbol<*>) =
        if (type.typeParameterSymbols.isEmpty()) "" else type.typeParameterSymbols.joinToString(", ", "<", ">") { it.name.asString() }

    /** The class or package that it is declared in; null for the session's own. */
    val owner: String?
        get() {
            val full =
                when (symbol) {
                    is FirValueParameterSymbol -> null
                    is FirCallableSymbol<*> -> symbol.callableId?.let { id -> id.classId?.asFqNameString() ?: id.packageName.asString() }
                    is FirClassLikeSymbol<*> -> symbol.classId.run { outerClassId?.asFqNameString() ?: packageFqName.asString() }
                    else -> null
                }
            return full?.takeUnless { it.isEmpty() || SnippetName.isPackage(it.substringBefore('.')) }
        }
}
