package io.manhole.kotlin.engine.completion

import io.manhole.kotlin.engine.SnippetName
import org.jetbrains.kotlin.fir.types.ConeClassLikeType
import org.jetbrains.kotlin.fir.types.ConeDefinitelyNotNullType
import org.jetbrains.kotlin.fir.types.ConeKotlinType
import org.jetbrains.kotlin.fir.types.ConeKotlinTypeProjection
import org.jetbrains.kotlin.fir.types.ConeStarProjection
import org.jetbrains.kotlin.fir.types.ConeTypeProjection
import org.jetbrains.kotlin.fir.types.ProjectionKind
import org.jetbrains.kotlin.fir.types.isExtensionFunctionType
import org.jetbrains.kotlin.fir.types.isMarkedNullable
import org.jetbrains.kotlin.fir.types.lowerBoundIfFlexible
import org.jetbrains.kotlin.fir.types.renderReadable
import org.jetbrains.kotlin.fir.types.type
import org.jetbrains.kotlin.name.FqName

/** Writes types as Kotlin does: short names, function types with arrows, and no marks of what comes from Java. */
internal object TypeText {
    private val KOTLIN = FqName("kotlin")
    private val COROUTINES = FqName("kotlin.coroutines")
    private val FUNCTION = Regex("(Suspend)?Function\\d+")

    fun of(type: ConeKotlinType): String =
        when (val plain = type.lowerBoundIfFlexible()) {
            is ConeClassLikeType -> ofClass(plain)
            is ConeDefinitelyNotNullType -> of(plain.original) + " & Any"
            else -> SnippetName.strip(plain.renderReadable())
        }

    private fun ofClass(type: ConeClassLikeType): String {
        val id = type.lookupTag.classId
        val name = id.shortClassName.asString()
        if ((id.packageFqName == KOTLIN || id.packageFqName == COROUTINES) && FUNCTION.matches(name)) return ofFunction(type, name)
        val arguments = if (type.typeArguments.isEmpty()) "" else type.typeArguments.joinToString(", ", "<", ">", transform = ::ofArgument)
        val mark = if (type.isMarkedNullable) "?" else ""
        return SnippetName.strip(id.relativeClassName.asString()) + arguments + mark
    }

    private fun ofFunction(type: ConeClassLikeType, name: String): String {
        val types = type.typeArguments.map { it.type?.let(::of) ?: "*" }
        val parameters = types.dropLast(1)
        val receiver = if (type.isExtensionFunctionType) parameters.firstOrNull()?.plus(".").orEmpty() else ""
        val list = (if (receiver.isEmpty()) parameters else parameters.drop(1)).joinToString(", ", "(", ")")
        val text = (if (name.startsWith("Suspend")) "suspend " else "") + receiver + list + " -> " + types.lastOrNull()
        return if (type.isMarkedNullable) "($text)?" else text
    }

    private fun ofArgument(argument: ConeTypeProjection): String =
        when (argument) {
            is ConeStarProjection -> "*"
            is ConeKotlinType -> of(argument)
            is ConeKotlinTypeProjection -> (if (argument.kind == ProjectionKind.IN) "in " else "out ") + of(argument.type)
        }
}
