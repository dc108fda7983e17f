import java.lang.reflect.AccessibleObject
import java.lang.reflect.Field
import java.lang.reflect.InaccessibleObjectException
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Member
import java.lang.reflect.Method
import java.lang.reflect.Modifier

/** The members of an object that its class does not show; of a class, the static ones. */
fun privates(target: Any): Privates = Privates(target)

/** Reads, writes and calls members whatever their visibility, by the JDK's reflection. */
class Privates internal constructor(private val target: Any) {
    private val type: Class<*> = if (target is Class<*>) target else target.javaClass
    private val owner: Any? = if (target is Class<*>) null else target
    private val classes = generateSequence<Class<*>>(type) { it.superclass }
    private val fields get() = classes.flatMap { it.declaredFields.asSequence() }.filter(::isOurs)
    private val methods get() = classes.flatMap { it.declaredMethods.asSequence() }.filter(::isOurs)

    /** The value of a field, the nearest class's first. */
    operator fun get(field: String): Any? = opened(find(field)).get(owner)

    /** Changes a field, a final one too where the JVM lets it be changed. */
    operator fun set(field: String, value: Any?) = opened(find(field)).set(owner, value)

    /** Calls the method of that name which takes these arguments, and throws what it throws. */
    fun call(method: String, vararg arguments: Any?): Any? {
        val named = methods.filter { it.name == method }.toList()
        val fitting = named.filter { fits(it, arguments) }
        val found =
            fitting.firstOrNull { one -> fitting.all { other -> isNearer(one, other) } }
                ?: throw NoSuchMethodException(
                    "${type.name} has no method $method(${arguments.joinToString { it?.javaClass?.simpleName ?: "null" }}); it has " +
                        list(named.ifEmpty { methods.toList() }.map { "${it.name}(${it.parameterTypes.joinToString { p -> p.simpleName }})" }.sorted()),
                )
        try {
            return opened(found).invoke(owner, *arguments)
        } catch (e: InvocationTargetException) {
            throw e.cause ?: e
        }
    }

    override fun toString() = "${type.name} with " + list(fields.map { "${it.name}: ${it.type.simpleName}" }.toList())

    private fun find(name: String): Field =
        fields.firstOrNull { it.name == name }
            ?: throw NoSuchFieldException("${type.name} has no field $name; it has " + list(fields.map { it.name }.toList()))

    private fun isOurs(member: Member) = !member.isSynthetic && (owner != null || Modifier.isStatic(member.modifiers))

    private fun list(names: List<String>) =
        names.distinct().take(40).joinToString().ifEmpty { "none" } + if (names.size > 40) ", …" else ""

    private fun <T> opened(member: T): T where T : AccessibleObject, T : Member =
        try {
            member.apply { isAccessible = true }
        } catch (e: InaccessibleObjectException) {
            val module = member.declaringClass.module.name
            val inPackage = member.declaringClass.packageName
            throw IllegalAccessException(
                "${member.declaringClass.name}.${member.name} is closed: module $module does not open $inPackage to code outside. " +
                    "It can be had in a process that is started with --add-opens=$module/$inPackage=ALL-UNNAMED",
            ).initCause(e)
        }

    private fun fits(method: Method, arguments: Array<out Any?>) =
        method.parameterCount == arguments.size &&
            method.parameterTypes.zip(arguments).all { (type, value) ->
                if (value == null) !type.isPrimitive else type.kotlin.javaObjectType.isInstance(value)
            }

    private fun isNearer(one: Method, other: Method) =
        one.parameterTypes.zip(other.parameterTypes).all { (a, b) -> b.isAssignableFrom(a) || a.isPrimitive }
}
