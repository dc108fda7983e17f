package io.manhole.kotlin.engine.completion

import io.manhole.kotlin.engine.SnippetName
import org.jetbrains.kotlin.fir.resolve.substitution.ConeSubstitutor
import org.jetbrains.kotlin.fir.symbols.FirBasedSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirCallableSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassLikeSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirConstructorSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirFunctionSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirValueParameterSymbol
import org.jetbrains.kotlin.fir.types.arrayElementType

/** Signatures as Kotlin writes them. */
internal object Signatures {
    /** The type of a property, the parameters and the result of a function, the full name of a class. */
    fun short(symbol: FirBasedSymbol<*>, substitutor: ConeSubstitutor = ConeSubstitutor.Empty): String? =
        when (symbol) {
            is FirFunctionSymbol<*> -> parameters(symbol, substitutor) + ": " + returnType(symbol, substitutor)
            is FirCallableSymbol<*> -> returnType(symbol, substitutor)
            is FirClassLikeSymbol<*> -> SnippetName.strip(symbol.classId.asSingleFqName().asString())
            else -> null
        }

    fun parameters(function: FirFunctionSymbol<*>, substitutor: ConeSubstitutor = ConeSubstitutor.Empty): String =
        function.valueParameterSymbols.joinToString(", ", "(", ")") { parameter(it, substitutor) }

    private fun parameter(parameter: FirValueParameterSymbol, substitutor: ConeSubstitutor): String {
        val declared = substitutor.substituteOrSelf(parameter.resolvedReturnType)
        val type = if (parameter.isVararg) declared.arrayElementType() ?: declared else declared
        val name = parameter.name.asString()
        val vararg = if (parameter.isVararg) "vararg " else ""
        val optional = if (parameter.hasDefaultValue) " = …" else ""
        // Most class files of Java's have no names of parameters.
        return vararg + (if (MADE_UP.matches(name)) "" else "$name: ") + TypeText.of(type) + optional
    }

    fun returnType(callable: FirCallableSymbol<*>, substitutor: ConeSubstitutor = ConeSubstitutor.Empty): String =
        TypeText.of(substitutor.substituteOrSelf(callable.resolvedReturnType))

    fun typeParameters(callable: FirCallableSymbol<*>): String {
        val parameters = if (callable is FirConstructorSymbol) emptyList() else callable.typeParameterSymbols
        if (parameters.isEmpty()) return ""
        return parameters.joinToString(", ", "<", "> ") { it.name.asString() }
    }

    private val MADE_UP = Regex("p\\d+")
}
