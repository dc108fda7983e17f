package io.manhole.kotlin.engine

import java.lang.reflect.GenericSignatureFormatError
import java.lang.reflect.MalformedParameterizedTypeException
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Type
import java.lang.reflect.TypeVariable

/**
 * What is known of the type arguments of a class and its ancestors: what the class says for sure (`class Orders :
 * ArrayList<Order>()`), and for its own parameters what was found in an object of it.
 */
internal class TypeArguments private constructor(private val known: Map<TypeVariable<*>, Argument>) {
    sealed interface Argument {
        /** As the class's declaration has it. */
        class Declared(val type: Type) : Argument

        /** As source text. */
        class Written(val text: String) : Argument
    }

    /** @param own source text for each of the class's own parameters, as far as known */
    constructor(type: Class<*>, own: List<String?>) : this(collect(type, own))

    fun of(parameter: TypeVariable<*>): Argument? {
        var found = known[parameter]
        // A parameter handed on to the next ancestor's; there are no rings, as there are none of classes.
        while (found is Argument.Declared) {
            val handedOn = found.type as? TypeVariable<*> ?: return found
            found = known[handedOn]
        }
        return found
    }

    companion object {
        val NONE = TypeArguments(emptyMap())

        private fun collect(type: Class<*>, own: List<String?>): Map<TypeVariable<*>, Argument> {
            val known = HashMap<TypeVariable<*>, Argument>()
            type.typeParameters.forEachIndexed { index, parameter ->
                own.getOrNull(index)?.let { known[parameter] = Argument.Written(it) }
            }
            try {
                visit(type, known)
            } catch (_: TypeNotPresentException) {
                // What was found so far is right all the same.
            } catch (_: GenericSignatureFormatError) {
                return emptyMap()
            } catch (_: MalformedParameterizedTypeException) {
                return emptyMap()
            }
            return known
        }

        private fun visit(type: Class<*>, known: MutableMap<TypeVariable<*>, Argument>) {
            val parents = listOfNotNull(type.genericSuperclass) + type.genericInterfaces
            for (parent in parents) {
                val raw = (parent as? ParameterizedType)?.rawType ?: parent
                if (raw !is Class<*>) continue
                if (parent is ParameterizedType) {
                    raw.typeParameters.zip(parent.actualTypeArguments) { parameter, argument ->
                        known.putIfAbsent(parameter, Argument.Declared(argument))
                    }
                }
                visit(raw, known)
            }
        }
    }
}
