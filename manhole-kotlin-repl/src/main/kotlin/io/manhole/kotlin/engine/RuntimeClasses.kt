package io.manhole.kotlin.engine

import io.manhole.kotlin.SnippetClassLoader
import io.manhole.repl.InterruptCheck
import io.manhole.repl.InterruptGuard
import org.jetbrains.org.objectweb.asm.ClassReader
import org.jetbrains.org.objectweb.asm.ClassVisitor
import org.jetbrains.org.objectweb.asm.ClassWriter
import org.jetbrains.org.objectweb.asm.FieldVisitor
import org.jetbrains.org.objectweb.asm.Label
import org.jetbrains.org.objectweb.asm.MethodTooLargeException
import org.jetbrains.org.objectweb.asm.MethodVisitor
import org.jetbrains.org.objectweb.asm.Opcodes
import org.jetbrains.org.objectweb.asm.Type

/**
 * Turns classes as compiled into classes to run: the snippet's static initialiser becomes a method that is called, evaluated
 * code can be interrupted, and stack traces name the snippet and the user's line.
 */
internal object RuntimeClasses {
    /** What runs the snippet: its initialiser, without the class's lock, and with exceptions as they were thrown. */
    const val RUN = "\$eval"

    /** What empties the snippet's properties. */
    const val FORGET = "\$forget"

    /** What stops the evaluations of the session that has this loader. */
    fun guard(loader: SnippetClassLoader): InterruptGuard {
        val check = InterruptCheck::class.java.name
        loader.add(mapOf(check to InterruptGuard.checkClass()))
        return InterruptGuard(Class.forName(check, false, loader))
    }

    /** By binary name, ready to be defined. */
    fun of(snippet: CompiledSnippet): Map<String, ByteArray> =
        snippet.classes.entries.associate { (name, bytes) -> name.replace('/', '.') to adapt(name, bytes, snippet) }

    private fun adapt(name: String, bytes: ByteArray, snippet: CompiledSnippet): ByteArray =
        try {
            adapt(name, bytes, snippet, guarded = true)
        } catch (_: MethodTooLargeException) {
            adapt(name, bytes, snippet, guarded = false)
        }

    private fun adapt(name: String, bytes: ByteArray, snippet: CompiledSnippet, guarded: Boolean): ByteArray {
        val writer = ClassWriter(0)
        val isSnippet = name == snippet.name.internal
        ClassReader(bytes).accept(RuntimeClass(writer, isSnippet, guarded, snippet), 0)
        return writer.toByteArray()
    }
}

private class RuntimeClass(
    writer: ClassWriter,
    private val isSnippet: Boolean,
    private val guarded: Boolean,
    private val snippet: CompiledSnippet,
) : ClassVisitor(Opcodes.ASM9, writer) {
    override fun visitSource(source: String?, debug: String?) = super.visitSource("snippet ${snippet.name.number}", null)

    private val emptied = LinkedHashMap<String, String>()

    override fun visitField(access: Int, name: String, descriptor: String, signature: String?, value: Any?): FieldVisitor? {
        val isAssignedInInitializer = isSnippet && access and Opcodes.ACC_STATIC != 0 && value == null
        // Only a static initialiser may assign a static final field.
        val loosened = if (isAssignedInInitializer) access and Opcodes.ACC_FINAL.inv() else access
        if (isAssignedInInitializer && Type.getType(descriptor).sort >= Type.ARRAY && name != INSTANCE) emptied[name] = descriptor
        return super.visitField(loosened, name, descriptor, signature, value)
    }

    override fun visitMethod(
        access: Int,
        name: String,
        descriptor: String,
        signature: String?,
        exceptions: Array<out String>?,
    ): MethodVisitor {
        val isRun = isSnippet && name == "<clinit>"
        val newName = if (isRun) RuntimeClasses.RUN else name
        val newAccess = if (isRun) Opcodes.ACC_PUBLIC or Opcodes.ACC_STATIC else access
        val method = UserLines(super.visitMethod(newAccess, newName, descriptor, signature, exceptions), snippet.lines)
        // A constructor's first instructions run before there is an object.
        return if (guarded) GuardedMethod(method, checkEntry = name != "<init>") else method
    }

    override fun visitEnd() {
        if (isSnippet) {
            val access = Opcodes.ACC_PUBLIC or Opcodes.ACC_STATIC or Opcodes.ACC_SYNTHETIC
            val forget = super.visitMethod(access, RuntimeClasses.FORGET, "()V", null, null)
            forget.visitCode()
            for ((name, descriptor) in emptied) {
                forget.visitInsn(Opcodes.ACONST_NULL)
                forget.visitFieldInsn(Opcodes.PUTSTATIC, snippet.name.internal, name, descriptor)
            }
            forget.visitInsn(Opcodes.RETURN)
            forget.visitMaxs(1, 0)
            forget.visitEnd()
        }
        super.visitEnd()
    }

    private companion object {
        /** Where Kotlin keeps the object that a snippet is. */
        const val INSTANCE = "INSTANCE"
    }
}

/** Drops the line numbers that stand for inlined code of other files: what remains is the line of the call. */
private class UserLines(method: MethodVisitor, private val lines: Int) : MethodVisitor(Opcodes.ASM9, method) {
    override fun visitLineNumber(line: Int, start: Label) {
        if (line <= lines) super.visitLineNumber(line, start)
    }
}

/** Calls the guard, which touches neither stack nor locals, so that frames and sizes stay as they are. */
private class GuardedMethod(method: MethodVisitor, private val checkEntry: Boolean) : MethodVisitor(Opcodes.ASM9, method) {
    private val passed = HashSet<Label>()

    private fun check() = super.visitMethodInsn(Opcodes.INVOKESTATIC, CHECK, "check", "()V", false)

    override fun visitCode() {
        super.visitCode()
        if (checkEntry) check()
    }

    override fun visitLabel(label: Label) {
        passed += label
        super.visitLabel(label)
    }

    override fun visitJumpInsn(opcode: Int, label: Label) {
        if (label in passed) check()
        super.visitJumpInsn(opcode, label)
    }

    override fun visitTableSwitchInsn(min: Int, max: Int, dflt: Label, vararg labels: Label) {
        if (dflt in passed || labels.any { it in passed }) check()
        super.visitTableSwitchInsn(min, max, dflt, *labels)
    }

    override fun visitLookupSwitchInsn(dflt: Label, keys: IntArray?, labels: Array<out Label>) {
        if (dflt in passed || labels.any { it in passed }) check()
        super.visitLookupSwitchInsn(dflt, keys, labels)
    }

    private companion object {
        val CHECK: String = InterruptCheck::class.java.name.replace('.', '/')
    }
}
