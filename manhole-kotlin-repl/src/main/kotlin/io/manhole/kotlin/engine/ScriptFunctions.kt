package io.manhole.kotlin.engine

import java.lang.reflect.InvocationHandler
import java.lang.reflect.Method
import java.lang.reflect.Modifier
import java.lang.reflect.Proxy

/** The functions that scripts have declared, and the methods of their objects, for callers who know them by name. */
internal class ScriptFunctions {
    /** The class that has the newest declaration of each; the newest last. Guarded by itself. */
    private val declared = LinkedHashMap<VisibleName.Key, Class<*>>()

    /** What is known of the classes that were asked last; guarded by itself. */
    private val methods =
        object : LinkedHashMap<Class<*>, List<CallableMethod>>(16, 0.75f, true) {
            override fun removeEldestEntry(eldest: Map.Entry<Class<*>, List<CallableMethod>>) = size > CLASSES
        }

    /** A script has been run that declares these. */
    fun add(type: Class<*>, names: List<VisibleName>) =
        synchronized(declared) {
            for (name in names) {
                declared.remove(name.key)
                declared[name.key] = type
            }
        }

    private fun methodsOf(type: Class<*>): List<CallableMethod> =
        synchronized(methods) { methods[type] } ?: CallableMethod.of(type).also { synchronized(methods) { methods[type] = it } }

    /** The objects whose methods are the functions of a name, the newest first. */
    private fun owners(name: String): List<Any> =
        synchronized(declared) {
            declared.entries.filter { it.key.name == name }.map { it.value }.distinct().asReversed()
        }.mapNotNull { it.getField("INSTANCE").get(null) }

    /** @throws NoSuchMethodException with what there is */
    fun find(name: String, arguments: Array<out Any?>): BoundCall {
        val owners = owners(name)
        return best(owners.flatMap { owner -> methodsOf(owner.javaClass).mapNotNull { bind(it, name, owner, arguments) } })
            ?: throw missing(name, "no script has declared a function", owners.flatMap { methodsOf(it.javaClass) }, arguments)
    }

    /** @throws NoSuchMethodException with what there is */
    fun find(receiver: Any, name: String, arguments: Array<out Any?>): BoundCall {
        val all = methodsOf(receiver.javaClass)
        return best(all.mapNotNull { bind(it, name, receiver, arguments) })
            ?: throw missing(name, "${receiver.javaClass.name} has no public method", all, arguments)
    }

    private fun bind(method: CallableMethod, name: String, owner: Any, arguments: Array<out Any?>) =
        if (method.name == name) method.bind(owner, arguments) else null

    /** Of those that fit equally well the one with the most special parameters; of those, the newest. */
    private fun best(candidates: List<CallableMethod.Candidate>): BoundCall? {
        val fit = candidates.minOfOrNull { it.fit } ?: return null
        return candidates.filter { it.fit == fit }.reduce { best, next -> if (isBetter(next, best)) next else best }.call
    }

    private fun isBetter(one: CallableMethod.Candidate, other: CallableMethod.Candidate) =
        one.method.isMoreSpecialThan(other.method) && !other.method.isMoreSpecialThan(one.method)

    private fun missing(name: String, none: String, all: List<CallableMethod>, arguments: Array<out Any?>): NoSuchMethodException {
        val types = arguments.joinToString(", ", "$name(", ")") { it?.javaClass?.simpleName ?: "null" }
        val found = all.filter { it.name == name }.map { it.toString() }.distinct()
        val what = if (found.isEmpty()) "$none of that name" else "there is " + found.joinToString(" and ")
        return NoSuchMethodException("cannot call $types: $what")
    }

    /**
     * An object whose methods are functions of the scripts, or of [receiver]; null when one of them is missing.
     *
     * @param around runs what is called
     */
    fun <T> implement(type: Class<T>, receiver: Any?, around: (() -> Any?) -> Any?): T? {
        require(type.isInterface) { "$type is not an interface" }
        val methods = type.methods.filter { Modifier.isAbstract(it.modifiers) && !isObjects(it) }
        if (!methods.all { isThere(it, receiver) }) return null
        val handler =
            InvocationHandler { proxy, method, arguments ->
                val values: Array<Any?> = arguments ?: emptyArray()
                when {
                    method.declaringClass == Any::class.java -> ofObject(proxy, method, values, type)
                    method.isDefault && !isThere(method, receiver) -> InvocationHandler.invokeDefault(proxy, method, *values)
                    else -> around { call(method, receiver, values).run() }
                }
            }
        return type.cast(Proxy.newProxyInstance(type.classLoader, arrayOf(type), handler))
    }

    private fun isThere(method: Method, receiver: Any?): Boolean {
        val all = if (receiver == null) owners(method.name).flatMap { methodsOf(it.javaClass) } else methodsOf(receiver.javaClass)
        return all.any { it.name == method.name && it.takes(method.parameterCount) }
    }

    private fun call(method: Method, receiver: Any?, arguments: Array<Any?>): BoundCall =
        try {
            if (receiver == null) find(method.name, arguments) else find(receiver, method.name, arguments)
        } catch (e: NoSuchMethodException) {
            throw UnsupportedOperationException(e.message, e)
        }

    private fun ofObject(proxy: Any, method: Method, arguments: Array<Any?>, type: Class<*>): Any =
        when (method.name) {
            "equals" -> proxy === arguments[0]
            "hashCode" -> System.identityHashCode(proxy)
            else -> "${type.name} by scripts"
        }

    /** Interfaces such as Comparator repeat methods that every object has. */
    private fun isObjects(method: Method): Boolean =
        Any::class.java.methods.any { it.name == method.name && it.parameterTypes.contentEquals(method.parameterTypes) }

    private companion object {
        const val CLASSES = 64
    }
}
