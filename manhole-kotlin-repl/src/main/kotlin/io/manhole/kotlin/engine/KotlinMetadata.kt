package io.manhole.kotlin.engine

import org.jetbrains.kotlin.metadata.ProtoBuf
import org.jetbrains.kotlin.metadata.deserialization.Flags
import org.jetbrains.kotlin.metadata.deserialization.TypeTable
import org.jetbrains.kotlin.metadata.deserialization.receiverType
import org.jetbrains.kotlin.metadata.deserialization.type
import org.jetbrains.kotlin.metadata.jvm.deserialization.JvmProtoBufUtil

/**
 * What Kotlin knows of a class's functions and the JVM does not.
 *
 * kotlin-reflect would know as well, but caches what it knows in classes of the JDK, which then keep the engine in memory.
 */
internal class KotlinMetadata private constructor(private val functions: Map<String, Function>) {
    /**
     * @property name as source code writes it
     * @property receivers how many of the JVM method's parameters are none in source code
     * @property optional whether each of the JVM method's parameters may be left out
     * @property nullable whether each of them may be null
     * @property vararg the place of the parameter that takes any number, or -1
     * @property callable whether Java can call it: not if it suspends, or is inlined with its type arguments
     */
    class Function(
        val name: String,
        val receivers: Int,
        val optional: List<Boolean>,
        val nullable: List<Boolean>,
        val vararg: Int,
        val callable: Boolean,
    )

    /** By name and descriptor of the JVM method. */
    operator fun get(name: String, descriptor: String): Function? = functions[name + descriptor]

    companion object {
        private val NONE = KotlinMetadata(emptyMap())

        /** Empty for classes that are not Kotlin's, or of a Kotlin that this one cannot read. */
        fun of(type: Class<*>): KotlinMetadata =
            try {
                // The class's own loader knows which of the annotations of that name it is.
                val annotation = type.annotations.firstOrNull { it.annotationClass.java.name == "kotlin.Metadata" }
                if (annotation == null) NONE else read(annotation)
            } catch (_: Exception) {
                NONE
            } catch (_: LinkageError) {
                NONE
            }

        private fun read(annotation: Annotation): KotlinMetadata {
            val type = annotation.annotationClass.java

            @Suppress("UNCHECKED_CAST")
            fun strings(name: String) = type.getMethod(name).invoke(annotation) as Array<String>
            if (type.getMethod("k").invoke(annotation) != CLASS) return NONE
            val (names, proto) = JvmProtoBufUtil.readClassDataFrom(strings("d1"), strings("d2"))
            val types = TypeTable(proto.typeTable)
            val functions = HashMap<String, Function>()
            for (function in proto.functionList) {
                val signature = JvmProtoBufUtil.getJvmMethodSignature(function, names, types) ?: continue
                functions[signature.name + signature.desc] = function(function, names.getString(function.name), types)
            }
            return KotlinMetadata(functions)
        }

        private fun function(function: ProtoBuf.Function, name: String, types: TypeTable): Function {
            val before = function.contextParameterCount + if (function.hasReceiverType() || function.hasReceiverTypeId()) 1 else 0
            val parameters = function.valueParameterList
            val vararg = parameters.indexOfFirst { it.hasVarargElementType() || it.hasVarargElementTypeId() }
            val isCallable = !Flags.IS_SUSPEND.get(function.flags) && function.typeParameterList.none { it.reified }
            val receiver = function.receiverType(types)
            return Function(
                name,
                before,
                List(before) { false } + parameters.map { Flags.DECLARES_DEFAULT_VALUE.get(it.flags) },
                function.contextParameterList.map { isNullable(it.type(types)) } + listOfNotNull(receiver?.let(::isNullable)) +
                    parameters.map { isNullable(it.type(types)) },
                if (vararg < 0) -1 else before + vararg,
                isCallable,
            )
        }

        /** A type parameter may stand for a type with null. */
        private fun isNullable(type: ProtoBuf.Type) = type.nullable || type.hasTypeParameter() || type.hasTypeParameterName()

        /** The kind of metadata that describes a class, an interface or an object. */
        private const val CLASS = 1
    }
}
