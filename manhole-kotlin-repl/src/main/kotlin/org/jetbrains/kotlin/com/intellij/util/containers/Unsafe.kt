package org.jetbrains.kotlin.com.intellij.util.containers

import java.lang.invoke.MethodHandles
import java.lang.invoke.VarHandle
import java.lang.reflect.Field
import java.util.concurrent.CopyOnWriteArrayList

/**
 * Stands in for the class of this name in the compiler, which calls `sun.misc.Unsafe`: newer JVMs then print a warning on the
 * application's standard error. Found first, as the engine's own jar comes first.
 *
 * An offset is here the number of a field's handle, or an index into an array.
 */
public object Unsafe {
    private val fields = CopyOnWriteArrayList<VarHandle>()
    private val elements: VarHandle = MethodHandles.arrayElementVarHandle(Array<Any?>::class.java)

    @JvmStatic
    public fun objectFieldOffset(field: Field): Long =
        synchronized(fields) {
            fields += MethodHandles.privateLookupIn(field.declaringClass, MethodHandles.lookup()).unreflectVarHandle(field)
            fields.lastIndex.toLong()
        }

    @JvmStatic
    public fun arrayBaseOffset(
        @Suppress("unused") type: Class<*>,
    ): Int = 0

    @JvmStatic
    public fun arrayIndexScale(
        @Suppress("unused") type: Class<*>,
    ): Int = 1

    private fun field(offset: Long) = fields[offset.toInt()]

    @JvmStatic
    public fun compareAndSwapInt(target: Any, offset: Long, expected: Int, new: Int): Boolean =
        field(offset).compareAndSet(target, expected, new)

    @JvmStatic
    public fun compareAndSwapLong(target: Any, offset: Long, expected: Long, new: Long): Boolean =
        field(offset).compareAndSet(target, expected, new)

    @JvmStatic
    public fun getAndAddInt(target: Any, offset: Long, delta: Int): Int = field(offset).getAndAdd(target, delta) as Int

    @JvmStatic
    public fun getObjectVolatile(target: Any, offset: Long): Any? =
        if (target is Array<*>) elements.getVolatile(target, offset.toInt()) else field(offset).getVolatile(target)

    @JvmStatic
    public fun compareAndSwapObject(target: Any, offset: Long, expected: Any?, new: Any?): Boolean =
        if (target is Array<*>) {
            elements.compareAndSet(target, offset.toInt(), expected, new)
        } else {
            field(offset).compareAndSet(target, expected, new)
        }

    @JvmStatic
    public fun putObjectVolatile(target: Any, offset: Long, value: Any?) {
        if (target is Array<*>) elements.setVolatile(target, offset.toInt(), value) else field(offset).setVolatile(target, value)
    }

    @JvmStatic
    public fun copyMemory(
        @Suppress("unused") source: Any?,
        @Suppress("unused") sourceOffset: Long,
        @Suppress("unused") target: Any?,
        @Suppress("unused") targetOffset: Long,
        @Suppress("unused") bytes: Long,
    ): Unit = throw UnsupportedOperationException("the compiler does not copy raw memory")
}
