package io.manhole.kotlin.engine

import java.lang.reflect.Modifier
import java.lang.reflect.Proxy

/** Finds, for an object of any class, the types that a snippet can name, nearest first. */
internal class NamedType(private val loader: ClassLoader) {
    /** Source text of types that the value has; the last is always `Any`. */
    fun candidates(value: Any?): List<String> {
        if (value == null) return listOf("kotlin.Any?")
        return (ancestors(value.javaClass).map(::render) + "kotlin.Any").distinct().toList()
    }

    private fun ancestors(type: Class<*>): Sequence<Class<*>> {
        if (type.isArray) return sequenceOf(type)
        if (isNameable(type)) return sequenceOf(type) + hidden(type)
        return hidden(type)
    }

    /** What an object of a class without a name is known by: its collection type, its nearest class, its interfaces. */
    private fun hidden(type: Class<*>): Sequence<Class<*>> {
        val collections = COLLECTIONS.filter { it.isAssignableFrom(type) }
        val superclasses = generateSequence(type.superclass) { it.superclass }.filter { it != Any::class.java && isNameable(it) }
        val (bases, classes) = superclasses.partition(::isBase)
        val interfaces = interfaces(type).filter { isNameable(it) }
        val (markers, roles) = interfaces.partition { it.name in MARKERS }
        return (collections + classes + roles + bases + markers).asSequence()
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

    private fun render(type: Class<*>): String {
        if (type.isArray) return renderArray(type.componentType)
        val arguments = type.typeParameters.map { if (it.bounds.all { bound -> bound == Any::class.java }) "kotlin.Any?" else "*" }
        val name = KOTLIN_NAMES[type.name] ?: type.canonicalName.split('.').joinToString(".") { "`$it`" }
        return if (arguments.isEmpty()) name else arguments.joinToString(", ", "$name<", ">")
    }

    private fun renderArray(component: Class<*>): String =
        when {
            component.isPrimitive -> "kotlin.${component.name.replaceFirstChar(Char::uppercase)}Array"
            component == Any::class.java -> "kotlin.Array<kotlin.Any?>"
            isNameable(component) -> "kotlin.Array<${render(component)}>"
            else -> "kotlin.Array<out ${hidden(component).firstOrNull()?.let(::render) ?: "kotlin.Any"}>"
        }

    private companion object {
        val COLLECTIONS = listOf(List::class.java, Set::class.java, Map::class.java)
        val MARKERS = setOf("java.io.Serializable", "java.lang.Cloneable", "java.util.RandomAccess", "java.lang.constant.Constable")

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
