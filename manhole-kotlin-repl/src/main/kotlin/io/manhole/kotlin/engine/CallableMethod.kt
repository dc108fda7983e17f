package io.manhole.kotlin.engine

import java.lang.invoke.MethodType
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Method
import java.lang.reflect.Modifier

/** A method with arguments that fit it. */
internal class BoundCall(private val method: Method, private val receiver: Any?, private val arguments: Array<Any?>) {
    /** @throws Throwable what the method threw, as it is */
    fun run(): Any? =
        try {
            method.invoke(receiver, *arguments)
        } catch (e: InvocationTargetException) {
            throw e.targetException
        }
}

/** A method that callers know by a name and call with as few arguments as Kotlin or Java allow. */
internal class CallableMethod private constructor(private val method: Method, private val kotlin: KotlinMetadata.Function?) {
    private val types: Array<Class<*>> = method.parameterTypes

    /** As source code calls it. */
    val name: String = kotlin?.name ?: method.name

    private val vararg = kotlin?.vararg ?: if (method.isVarArgs) types.lastIndex else -1

    private val optional = kotlin?.optional?.takeIf { it.size == types.size && true in it }

    /** The method that takes, after all parameters, which of them are to be given their defaults. */
    private val withDefaults: Method? = if (optional == null) null else findWithDefaults()

    private val receivers = kotlin?.receivers ?: 0

    /** One bit for each parameter that source code has. */
    private fun masks() = IntArray((types.size - receivers + Int.SIZE_BITS - 1) / Int.SIZE_BITS)

    private fun findWithDefaults(): Method? {
        val masks = masks().map { Int::class.javaPrimitiveType!! }
        val wanted = listOf(method.declaringClass) + types + masks + Any::class.java
        return method.declaringClass.declaredMethods.firstOrNull {
            Modifier.isStatic(it.modifiers) && it.name == method.name + "\$default" && it.parameterTypes.asList() == wanted &&
                it.trySetAccessible()
        }
    }

    /** How a call could be made, the best first: as it stands, with varargs gathered, with defaults. */
    enum class Fit { EXACT, WIDENED, GATHERED, DEFAULTED }

    class Candidate(val method: CallableMethod, val fit: Fit, val call: BoundCall)

    /** The call with these arguments, or null if they do not fit. */
    fun bind(receiver: Any?, arguments: Array<out Any?>): Candidate? {
        val target = if (Modifier.isStatic(method.modifiers)) null else receiver
        if (arguments.size == types.size && types.indices.all { takes(it, arguments[it]) }) {
            val exact = types.indices.all { arguments[it] == null || boxed(types[it]) == arguments[it]?.javaClass }
            return Candidate(this, if (exact) Fit.EXACT else Fit.WIDENED, BoundCall(method, target, arrayOf(*arguments)))
        }
        val gathered = gather(arguments) ?: return null
        if (gathered.size == types.size && types.indices.all { takes(it, gathered[it]) }) {
            return Candidate(this, Fit.GATHERED, BoundCall(method, target, gathered))
        }
        return defaulted(target, gathered)
    }

    private fun takes(index: Int, value: Any?) = accepts(types[index], value) && (value != null || kotlin?.nullable?.get(index) != false)

    /** The arguments with those of the vararg parameter in an array; null if one of them does not fit into it. */
    private fun gather(arguments: Array<out Any?>): Array<Any?>? {
        // What follows a vararg parameter can only be named, which callers from outside cannot.
        if (vararg < 0 || arguments.size < vararg || (arguments.size == vararg + 1 && accepts(types[vararg], arguments[vararg]))) {
            return arrayOf(*arguments)
        }
        val component = types[vararg].componentType ?: return null
        val rest = arguments.drop(vararg)
        if (!rest.all { accepts(component, it) }) return null
        val array = java.lang.reflect.Array.newInstance(component, rest.size)
        rest.forEachIndexed { index, value -> java.lang.reflect.Array.set(array, index, value) }
        return arrayOf(*arguments.take(vararg).toTypedArray(), array)
    }

    private fun defaulted(target: Any?, given: Array<Any?>): Candidate? {
        val method = withDefaults ?: return null
        val optional = optional ?: return null
        if (given.size >= types.size || !given.indices.all { takes(it, given[it]) }) return null
        if (!(given.size until types.size).all { optional[it] || it == vararg }) return null
        val masks = masks()
        val values =
            types.indices.map { index ->
                if (index < given.size) return@map given[index]
                if (index == vararg && !optional[index]) return@map java.lang.reflect.Array.newInstance(types[index].componentType, 0)
                val bit = index - receivers
                masks[bit / Int.SIZE_BITS] = masks[bit / Int.SIZE_BITS] or (1 shl bit % Int.SIZE_BITS)
                zero(types[index])
            }
        val arguments = listOf(target) + values + masks.asList() + listOf<Any?>(null)
        return Candidate(this, Fit.DEFAULTED, BoundCall(method, null, arguments.toTypedArray()))
    }

    /** Whether all its parameters are at least as special as the other's. */
    fun isMoreSpecialThan(other: CallableMethod): Boolean =
        types.size >= other.types.size && other.types.indices.all { boxed(other.types[it]).isAssignableFrom(boxed(types[it])) }

    /** Whether it may be called with so many arguments, of whatever types. */
    fun takes(count: Int): Boolean {
        val least = types.indices.count { optional?.get(it) != true && it != vararg }
        return count >= least && (vararg >= 0 || count <= types.size)
    }

    override fun toString() = types.joinToString(", ", "$name(", ")") { it.simpleName }

    companion object {
        /** The public methods of a class that can be called from here, its own before inherited ones. */
        fun of(type: Class<*>): List<CallableMethod> {
            val found = LinkedHashMap<String, CallableMethod>()
            for (declaring in hierarchy(type)) {
                val metadata = KotlinMetadata.of(declaring)
                for (method in declaring.declaredMethods) {
                    if (!Modifier.isPublic(method.modifiers) || method.isBridge || method.isSynthetic) continue
                    val descriptor = MethodType.methodType(method.returnType, method.parameterTypes).toMethodDescriptorString()
                    val kotlin = metadata[method.name, descriptor]
                    if (kotlin?.callable == false || !method.trySetAccessible()) continue
                    val parameters = descriptor.substringBeforeLast(')')
                    // What is overridden may know the defaults, which its overriders do not repeat.
                    val known = found[method.name + parameters]
                    if (known == null || (known.withDefaults == null && kotlin != null && true in kotlin.optional)) {
                        found[method.name + parameters] = CallableMethod(method, kotlin)
                    }
                }
            }
            return found.values.toList()
        }

        private fun hierarchy(type: Class<*>): List<Class<*>> {
            val classes = generateSequence(type) { it.superclass }.toList()
            val interfaces = LinkedHashSet<Class<*>>()
            var level = classes.flatMap { it.interfaces.asList() }
            while (level.isNotEmpty()) {
                interfaces += level
                level = level.flatMap { it.interfaces.asList() }
            }
            return classes + interfaces
        }

        private fun accepts(type: Class<*>, value: Any?): Boolean =
            when {
                value == null -> !type.isPrimitive
                !type.isPrimitive -> type.isInstance(value)
                boxed(type).isInstance(value) -> true
                else -> WIDENING[type]?.any { it.isInstance(value) } == true
            }

        private fun boxed(type: Class<*>): Class<*> = MethodType.methodType(type).wrap().returnType()

        private fun zero(type: Class<*>): Any? =
            if (type.isPrimitive) java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(type, 1), 0) else null

        private val INTEGERS = listOf(Byte::class.javaObjectType, Short::class.javaObjectType, Int::class.javaObjectType)

        /** What a call by reflection makes a primitive type of. */
        private val WIDENING: Map<Class<*>?, List<Class<*>>> =
            mapOf(
                Int::class.javaPrimitiveType to INTEGERS.take(2) + Char::class.javaObjectType,
                Short::class.javaPrimitiveType to INTEGERS.take(1),
                Long::class.javaPrimitiveType to INTEGERS + Char::class.javaObjectType,
                Float::class.javaPrimitiveType to INTEGERS + Long::class.javaObjectType,
                Double::class.javaPrimitiveType to INTEGERS + Long::class.javaObjectType + Float::class.javaObjectType,
            )
    }
}
