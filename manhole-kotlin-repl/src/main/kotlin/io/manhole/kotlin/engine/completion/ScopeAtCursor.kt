package io.manhole.kotlin.engine.completion

import org.jetbrains.kotlin.fir.FirElement
import org.jetbrains.kotlin.fir.declarations.DirectDeclarationsAccess
import org.jetbrains.kotlin.fir.declarations.FirAnonymousFunction
import org.jetbrains.kotlin.fir.declarations.FirCallableDeclaration
import org.jetbrains.kotlin.fir.declarations.FirClass
import org.jetbrains.kotlin.fir.declarations.FirClassLikeDeclaration
import org.jetbrains.kotlin.fir.declarations.FirConstructor
import org.jetbrains.kotlin.fir.declarations.FirFunction
import org.jetbrains.kotlin.fir.declarations.FirRegularClass
import org.jetbrains.kotlin.fir.expressions.FirBlock
import org.jetbrains.kotlin.fir.expressions.FirCatch
import org.jetbrains.kotlin.fir.expressions.FirWhenExpression
import org.jetbrains.kotlin.fir.resolve.defaultType
import org.jetbrains.kotlin.fir.symbols.impl.FirCallableSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassLikeSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassSymbol
import org.jetbrains.kotlin.fir.types.ConeKotlinType
import org.jetbrains.kotlin.fir.types.coneType

/** What the text itself puts in scope at the cursor, nearest first. */
@OptIn(DirectDeclarationsAccess::class)
internal class ScopeAtCursor(private val text: AnalysedText) {
    /** Parameters, variables, functions and classes of the blocks around the cursor. */
    val locals = ArrayList<FirCallableSymbol<*>>()
    val localClasses = ArrayList<FirClassLikeSymbol<*>>()

    /** The types of every `this`. */
    val implicitReceivers = ArrayList<ConeKotlinType>()

    /** The classes around the cursor, whose companions and nested classes are in scope too. */
    val classes = ArrayList<FirClassSymbol<*>>()

    /** The members of the object that a snippet is made of. */
    val snippet = ArrayList<FirCallableSymbol<*>>()
    val snippetClasses = ArrayList<FirClassLikeSymbol<*>>()

    init {
        text.path.asReversed().forEach(::collect)
    }

    private fun collect(element: FirElement) {
        when (element) {
            is FirBlock -> element.statements.filter(::isBefore).forEach(::local)
            is FirWhenExpression -> element.subjectVariable?.takeIf(::isBefore)?.let(::local)
            is FirCatch -> locals += element.parameter.symbol
            is FirAnonymousFunction -> parameters(element)
            is FirFunction -> parameters(element)
            is FirClass -> collect(element)
            is FirCallableDeclaration -> element.receiverParameter?.typeRef?.let { implicitReceivers += it.coneType }
        }
    }

    private fun parameters(function: FirFunction) {
        function.valueParameters.forEach { locals += it.symbol }
        function.receiverParameter?.typeRef?.let { implicitReceivers += it.coneType }
    }

    private fun local(element: FirElement) {
        when (element) {
            is FirCallableDeclaration -> locals += element.symbol
            is FirClassLikeDeclaration -> localClasses += element.symbol
        }
    }

    /** Whether it has been declared when the cursor is reached: what contains the cursor has not. */
    private fun isBefore(element: FirElement) = (element.source?.endOffset ?: Int.MAX_VALUE) <= text.offset

    private fun collect(type: FirClass) {
        if (type in text.file.declarations) {
            for (member in type.declarations) {
                when (member) {
                    is FirConstructor -> continue
                    is FirFunction -> snippet += member.symbol
                    is FirCallableDeclaration -> if (isBefore(member)) snippet += member.symbol
                    is FirClassLikeDeclaration -> snippetClasses += member.symbol
                    else -> continue
                }
            }
            return
        }
        // Its initialisers see the parameters of the constructor.
        type.declarations.filterIsInstance<FirConstructor>().firstOrNull { it.isPrimary }?.let { primary ->
            val after = text.path.indexOf(type) + 1
            if (text.path.getOrNull(after) !is FirFunction) primary.valueParameters.forEach { locals += it.symbol }
        }
        implicitReceivers += if (type is FirRegularClass) type.symbol.defaultType() else type.symbol.defaultType()
        classes += type.symbol
    }
}
