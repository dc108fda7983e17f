package io.manhole.kotlin.engine.completion

import org.jetbrains.kotlin.fir.FirSession
import org.jetbrains.kotlin.fir.resolve.inference.ConeTypeParameterBasedTypeVariable
import org.jetbrains.kotlin.fir.resolve.inference.inferenceComponents
import org.jetbrains.kotlin.fir.resolve.lookupSuperTypes
import org.jetbrains.kotlin.fir.resolve.substitution.ConeSubstitutor
import org.jetbrains.kotlin.fir.resolve.substitution.substitutorByMap
import org.jetbrains.kotlin.fir.resolve.toClassSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirCallableSymbol
import org.jetbrains.kotlin.fir.types.ConeCapturedType
import org.jetbrains.kotlin.fir.types.ConeErrorType
import org.jetbrains.kotlin.fir.types.ConeKotlinType
import org.jetbrains.kotlin.fir.types.ConeTypeVariableType
import org.jetbrains.kotlin.fir.types.classId
import org.jetbrains.kotlin.fir.types.coneType
import org.jetbrains.kotlin.fir.types.contains
import org.jetbrains.kotlin.fir.types.lowerBoundIfFlexible
import org.jetbrains.kotlin.name.ClassId
import org.jetbrains.kotlin.name.StandardClassIds
import org.jetbrains.kotlin.resolve.calls.inference.model.NewConstraintSystemImpl
import org.jetbrains.kotlin.resolve.calls.inference.model.SimpleConstraintSystemConstraintPosition

/** Whether extensions can be called on values of one type. */
internal class Applicability(private val session: FirSession, private val type: ConeKotlinType) {
    /** The classes of the type, or null if anything may be asked of it. */
    private val classes: Set<ClassId>? =
        type.lowerBoundIfFlexible().toClassSymbol(session)?.let { symbol ->
            val supertypes = lookupSuperTypes(symbol, lookupInterfaces = true, deep = true, useSiteSession = session)
            supertypes.mapNotNullTo(hashSetOf(symbol.classId, StandardClassIds.Any)) { it.classId }
        }

    /** What the extension's type parameters are when it is called on the type, or null if it cannot be. */
    fun of(extension: FirCallableSymbol<*>): ConeSubstitutor? {
        val wanted = extension.resolvedReceiverType ?: return null
        // Most are ruled out by the class alone, which costs next to nothing.
        val wantedClass = wanted.lowerBoundIfFlexible().classId
        if (type is ConeErrorType || (classes != null && wantedClass != null && wantedClass !in classes)) return null
        return infer(extension, wanted)
    }

    private fun infer(extension: FirCallableSymbol<*>, wanted: ConeKotlinType): ConeSubstitutor? {
        val parameters = extension.typeParameterSymbols
        val variables = parameters.associateWith { ConeTypeParameterBasedTypeVariable(it) }
        val open = substitutorByMap(variables.mapValues { it.value.defaultType }, session)
        val system = session.inferenceComponents.createConstraintSystem()
        variables.values.forEach(system::registerVariable)
        for ((parameter, variable) in variables) {
            for (bound in parameter.resolvedBounds) {
                system.addSubtypeConstraint(variable.defaultType, open.substituteOrSelf(bound.coneType), POSITION)
            }
        }
        system.addSubtypeConstraint(type, open.substituteOrSelf(wanted), POSITION)
        if (system.hasContradiction) return null
        val known = variables.mapNotNull { (parameter, variable) -> solution(system, variable)?.let { parameter to it } }.toMap()
        return substitutorByMap(known, session)
    }

    private fun solution(system: NewConstraintSystemImpl, variable: ConeTypeParameterBasedTypeVariable): ConeKotlinType? =
        system.notFixedTypeVariables[variable.typeConstructor]
            ?.constraints
            ?.filterNot { it.kind.isUpper() }
            ?.map { it.type as ConeKotlinType }
            ?.firstOrNull { type -> !type.contains { it is ConeTypeVariableType || it is ConeCapturedType } }

    private companion object {
        val POSITION = SimpleConstraintSystemConstraintPosition
    }
}
