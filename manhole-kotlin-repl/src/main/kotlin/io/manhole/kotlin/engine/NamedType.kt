package io.manhole.kotlin.engine

import java.lang.reflect.GenericArrayType
import java.lang.reflect.Modifier
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Proxy
import java.lang.reflect.Type
import java.lang.reflect.TypeVariable
import java.lang.reflect.WildcardType

/** Finds, for an object of any class, the types that a snippet can name, nearest first. */
internal class NamedType(private val loader: ClassLoader) {
    /** Source text of types that the value has; the last is always `Any`. */
    fun candidates(value: Any?, contents: Contents = Contents.of(value)): List<String> {
        if (value == null) return listOf("kotlin.Any?")
        val elements = contents.parameters.map { it?.let(::elementType) }
        val said = TypeArguments(value.javaClass, elements)
        val types = ancestors(value.javaClass).toList()
        // First with all that is known of type arguments, which the compiler may not be able to name.
        val nearest = types.take(1).flatMap { listOf(render(it, said), render(it, TypeArguments.NONE)) }
        return (nearest + types.drop(1).flatMap { listOf(render(it, said), render(it, TypeArguments.NONE)) } + "kotlin.Any").distinct()
    }

    private fun ancestors(type: Class<*>): Sequence<Class<*>> {
        if (type.isArray) return sequenceOf(type)
        if (isNameable(type)) return sequenceOf(type) + hidden(type)
        return hidden(type)
    }

    /** What an object of a class without a name is known by: its collection type, its nearest class, its interfaces. */
    private fun hidden(type: Class<*>): Sequence<Class<*>> {
        val collections = COLLECTIONS.filter { it.isAssignableFrom(type) }
        val (bases, classes) = superclasses(type).partition(::isBase)
        val interfaces = interfaces(type).filter { isNameable(it) }
        val (markers, roles) = interfaces.partition { it.name in MARKERS }
        return (collections + classes + roles + bases + markers).asSequence()
    }

    private fun superclasses(type: Class<*>) =
        generateSequence(type.superclass) { it.superclass }.filter { it != Any::class.java && isNameable(it) }

    /** What all the elements are, or null where that says nothing. */
    private fun elementType(elements: Contents.Elements): String? {
        val common =
            elements.classes.map { type -> roles(type) }.reduceOrNull { some, others -> some.filter { it in others } }?.firstOrNull()
                ?: return null
        return render(common, TypeArguments.NONE) + if (elements.hasNull) "?" else ""
    }

    private fun roles(type: Class<*>): List<Class<*>> =
        if (type.isArray) {
            listOf(type)
        } else {
            val classes = sequenceOf(type).filter(::isNameable) + superclasses(type)
            classes.toList() + interfaces(type).filter { isNameable(it) && it.name !in MARKERS && it.name !in SAYS_LITTLE }
        }

    /** A class of the JDK that is there to be extended says less than the interface it helps to implement. */
    private fun isBase(type: Class<*>) = (type.name.startsWith("java.") && Modifier.isAbstract(type.modifiers)) || type == Proxy::class.java

    private fun interfaces(type: Class<*>): List<Class<*>> {
        val found = LinkedHashSet<Class<*>>()
        var level = generateSequence(type) { it.superclass }.flatMap { it.interfaces.asSequence() }.toList()
        while (level.isNotEmpty()) {
            found += level
            level = level.flatMap { it.interfaces.asList() }
        }
        return found.toList()
    }

    /** Public all the way out, and the very class that evaluated code gets by that name. */
    private fun isNameable(type: Class<*>): Boolean {
        if (type.isArray) return type.componentType.let { it.isPrimitive || isNameable(it) }
        val isPublic = generateSequence(type) { it.enclosingClass }.all { Modifier.isPublic(it.modifiers) }
        if (!isPublic || type.isSynthetic || type.isHidden || Proxy.isProxyClass(type) || type.canonicalName == null) return false
        return type.module.isExported(type.packageName) && isSeenByEvaluatedCode(type)
    }

    private fun isSeenByEvaluatedCode(type: Class<*>) =
        try {
            Class.forName(type.name, false, loader) === type
        } catch (_: ClassNotFoundException) {
            false
        } catch (_: LinkageError) {
            false
        }

    private fun render(type: Class<*>, said: TypeArguments): String {
        if (type.isArray) return renderArray(type.componentType)
        val arguments = type.typeParameters.map { parameter -> said.of(parameter)?.let(::argument) ?: unknown(parameter) }
        return named(type, arguments)
    }

    private fun named(type: Class<*>, arguments: List<String>): String {
        val name = KOTLIN_NAMES[type.name] ?: type.canonicalName.split('.').joinToString(".") { "`$it`" }
        return if (arguments.isEmpty()) name else arguments.joinToString(", ", "$name<", ">")
    }

    private fun unknown(parameter: TypeVariable<*>) = if (parameter.bounds.all { it == Any::class.java }) "kotlin.Any?" else "*"

    /** A type argument as source text, or null when it cannot be written. */
    private fun argument(said: TypeArguments.Argument): String? =
        when (said) {
            is TypeArguments.Argument.Written -> said.text
            is TypeArguments.Argument.Declared -> argument(said.type, DEPTH)
        }

    private fun argument(type: Type, depth: Int): String? =
        when {
            depth == 0 -> {
                null
            }

            type is Class<*> -> {
                if (isNameable(type)) render(type, TypeArguments.NONE) else null
            }

            type is ParameterizedType -> {
                val raw = type.rawType as Class<*>
                if (isNameable(raw)) named(raw, type.actualTypeArguments.map { argument(it, depth - 1) ?: "*" }) else null
            }

            type is WildcardType -> {
                val lower = type.lowerBounds.firstOrNull()
                val bound = argument(lower ?: type.upperBounds.first(), depth - 1)
                if (bound == null || (lower == null && bound == "kotlin.Any")) "*" else (if (lower == null) "out " else "in ") + bound
            }

            type is GenericArrayType -> {
                argument(type.genericComponentType, depth - 1)?.let { "kotlin.Array<$it>" }
            }

            else -> {
                null
            }
        }

    private fun renderArray(component: Class<*>): String =
        when {
            component.isPrimitive -> "kotlin.${component.name.replaceFirstChar(Char::uppercase)}Array"
            component == Any::class.java -> "kotlin.Array<kotlin.Any?>"
            isNameable(component) -> "kotlin.Array<${render(component, TypeArguments.NONE)}>"
            else -> "kotlin.Array<out ${hidden(component).firstOrNull()?.let { render(it, TypeArguments.NONE) } ?: "kotlin.Any"}>"
        }

    private companion object {
        /** Type arguments within type arguments: `Comparable<T>` may be said of itself. */
        const val DEPTH = 4
        val COLLECTIONS = listOf(List::class.java, Set::class.java, Map::class.java)
        val MARKERS = setOf("java.io.Serializable", "java.lang.Cloneable", "java.util.RandomAccess", "java.lang.constant.Constable")

        /** What a number and a text have in common is no reason to show a list of both as a list of that. */
        val SAYS_LITTLE = setOf("java.lang.Comparable", "java.lang.constant.ConstantDesc")

        /** Where Kotlin has a type of its own for one of Java's. */
        val KOTLIN_NAMES: Map<String, String> =
            listOf("String", "CharSequence", "Long", "Double", "Float", "Short", "Byte", "Boolean", "Comparable", "Number")
                .associate { "java.lang.$it" to "kotlin.$it" } +
                listOf("List", "Map", "Set", "Collection", "Iterator", "ListIterator")
                    .associate { "java.util.$it" to "kotlin.collections.Mutable$it" } +
                listOf("Throwable", "Enum", "Cloneable").associate { "java.lang.$it" to "kotlin.$it" } +
                mapOf(
                    "java.lang.Iterable" to "kotlin.collections.MutableIterable",
                    "java.util.Map\$Entry" to "kotlin.collections.MutableMap.MutableEntry",
                    "java.lang.Integer" to "kotlin.Int",
                    "java.lang.Character" to "kotlin.Char",
                    "java.lang.Object" to "kotlin.Any",
                    "java.lang.annotation.Annotation" to "kotlin.Annotation",
                )
    }
}
