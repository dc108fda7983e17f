@file:OptIn(ObsoleteDescriptorBasedAPI::class, UnsafeDuringIrConstructionAPI::class)

package io.manhole.kotlin.engine

import org.jetbrains.kotlin.descriptors.ScriptDescriptor
import org.jetbrains.kotlin.ir.ObsoleteDescriptorBasedAPI
import org.jetbrains.kotlin.ir.declarations.IrClass
import org.jetbrains.kotlin.ir.symbols.UnsafeDuringIrConstructionAPI
import org.jetbrains.kotlin.scripting.compiler.plugin.impl.ReplCompilationState
import java.lang.reflect.Field

/**
 * The stock compiler keeps the code generator of every class it has ever compiled, some 0.8 MB a snippet, as an attribute of the
 * class. Nothing asks for it again.
 */
internal class StockRetention(private val state: ReplCompilationState<*>) {
    private val cleared = HashSet<ScriptDescriptor>()

    /** Null where the compiler is made in another way than is known here; then it is left as it is. */
    private val attributes: Field? =
        generateSequence<Class<*>>(IrClass::class.java) { it.superclass }
            .flatMap { it.declaredFields.asSequence() }
            .firstOrNull { it.name == "_attributes" && it.type.isArray && it.trySetAccessible() }

    fun clear(scripts: List<ScriptDescriptor>) {
        for (script in scripts.filter(cleared::add)) {
            val symbol = state.symbolTable.descriptorExtension.referenceScript(script)
            if (symbol.isBound) symbol.owner.targetClass?.owner?.let(::clear)
        }
    }

    private fun clear(type: IrClass) {
        val values = attributes?.get(type) as Array<*>?
        values?.forEachIndexed { index, value ->
            if (value != null && value.javaClass.simpleName == "ClassCodegen") java.lang.reflect.Array.set(values, index, null)
        }
        type.declarations.filterIsInstance<IrClass>().forEach(::clear)
    }
}
