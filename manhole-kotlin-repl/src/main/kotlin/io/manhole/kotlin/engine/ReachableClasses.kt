package io.manhole.kotlin.engine

import java.lang.reflect.Member
import java.lang.reflect.Modifier

/** The classes that code can come to by calling what objects offer: theirs, those above them, and those of their public members. */
internal object ReachableClasses {
    /** However much refers to each other in an application, a prompt shall not load it all. */
    private const val LIMIT = 1_000

    /** Binary names of top-level classes, those of the JDK and of the class path left out. */
    fun of(objects: Collection<Any?>): Set<String> {
        val seen = HashSet<Class<*>>()
        val waiting = objects.mapNotNullTo(ArrayDeque<Class<*>>()) { it?.javaClass }
        while (waiting.isNotEmpty() && seen.size < LIMIT) {
            val type = outermost(waiting.removeFirst()) ?: continue
            if (type.isPrimitive || isElsewhere(type.classLoader) || !seen.add(type)) continue
            waiting += neighbours(type)
        }
        return seen.mapTo(HashSet()) { it.name }
    }

    private fun isElsewhere(loader: ClassLoader?) =
        loader == null || loader === ClassLoader.getSystemClassLoader() || loader === ClassLoader.getPlatformClassLoader()

    private fun outermost(type: Class<*>): Class<*>? =
        orNone {
            val component = generateSequence(type) { it.componentType }.last()
            listOf(generateSequence(component) { it.enclosingClass }.last())
        }.firstOrNull()

    private fun neighbours(type: Class<*>): List<Class<*>> =
        orNone { listOfNotNull(type.superclass) + type.interfaces } +
            orNone { type.declaredMethods.filter(::isOpen).flatMap { it.parameterTypes.asList() + it.returnType } } +
            orNone { type.declaredConstructors.filter(::isOpen).flatMap { it.parameterTypes.asList() } } +
            orNone { type.declaredFields.filter(::isOpen).map { it.type } }

    private fun isOpen(member: Member) = Modifier.isPublic(member.modifiers)

    /** What refers to classes that are not there has no neighbours that could be told. */
    private fun orNone(find: () -> List<Class<*>>): List<Class<*>> =
        try {
            find()
        } catch (_: LinkageError) {
            emptyList()
        } catch (_: TypeNotPresentException) {
            emptyList()
        }
}
