package io.manhole.kotlin.engine

import io.manhole.kotlin.SnippetClassLoader
import org.jetbrains.org.objectweb.asm.ClassWriter
import org.jetbrains.org.objectweb.asm.Label
import org.jetbrains.org.objectweb.asm.Opcodes
import java.lang.invoke.MethodHandles

/**
 * Stops a session's evaluation where evaluated code enters a method or jumps back.
 *
 * It does not rely on the interrupt status, which code may clear, nor on exceptions that code may swallow: the check fails
 * again and again until the evaluation has ended. Threads other than the evaluating one are left alone.
 */
internal class InterruptGuard(loader: SnippetClassLoader) {
    /** The generated class's `static volatile Thread stop`: the thread that is to stop, or null. */
    private val stop =
        run {
            loader.add(mapOf(CLASS.replace('/', '.') to guardClass()))
            val guard = Class.forName(CLASS.replace('/', '.'), true, loader)
            MethodHandles.publicLookup().findStaticVarHandle(guard, STOP, Thread::class.java)
        }
    private val lock = Any()

    /** Guarded by [lock]; null when nothing is evaluated. */
    private var evaluating: Thread? = null

    /** The calling thread evaluates from now on. */
    fun begin() =
        synchronized(lock) {
            check(evaluating == null) { "${evaluating?.name} is evaluating in this session already" }
            evaluating = Thread.currentThread()
        }

    /** The evaluation goes on on the calling thread. */
    fun moveHere() =
        synchronized(lock) {
            if (evaluating == null) return@synchronized
            evaluating = Thread.currentThread()
            if (stop.getVolatile() as Thread? != null) stop.setVolatile(evaluating)
        }

    /** The evaluation is over; interrupts that come later do not count. */
    fun end() =
        synchronized(lock) {
            evaluating = null
            stop.setVolatile(null as Thread?)
        }

    /** Asks the evaluation that is under way, if any, to stop. */
    fun interrupt() =
        synchronized(lock) {
            val thread = evaluating ?: return@synchronized
            stop.setVolatile(thread)
        }

    companion object {
        const val CLASS = "manhole/InterruptGuard"
        const val CHECK = "check"
        private const val STOP = "stop"
        private const val THREAD = "Ljava/lang/Thread;"
        private const val CANCELLATION = "java/util/concurrent/CancellationException"

        /**
         * ```
         * public static volatile Thread stop;
         * public static void check() {
         *     Thread thread = stop;
         *     if (thread != null && thread == Thread.currentThread()) throw new CancellationException("interrupted");
         * }
         * ```
         */
        private fun guardClass(): ByteArray {
            val type = ClassWriter(ClassWriter.COMPUTE_MAXS)
            type.visit(Opcodes.V1_8, Opcodes.ACC_PUBLIC or Opcodes.ACC_FINAL, CLASS, null, "java/lang/Object", null)
            val field = Opcodes.ACC_PUBLIC or Opcodes.ACC_STATIC or Opcodes.ACC_VOLATILE
            type.visitField(field, STOP, THREAD, null, null).visitEnd()
            val check = type.visitMethod(Opcodes.ACC_PUBLIC or Opcodes.ACC_STATIC, CHECK, "()V", null, null)
            val othersStop = Label()
            val nobodyStops = Label()
            check.visitCode()
            check.visitFieldInsn(Opcodes.GETSTATIC, CLASS, STOP, THREAD)
            check.visitJumpInsn(Opcodes.IFNULL, nobodyStops)
            check.visitFieldInsn(Opcodes.GETSTATIC, CLASS, STOP, THREAD)
            check.visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Thread", "currentThread", "()$THREAD", false)
            check.visitJumpInsn(Opcodes.IF_ACMPNE, othersStop)
            check.visitTypeInsn(Opcodes.NEW, CANCELLATION)
            check.visitInsn(Opcodes.DUP)
            check.visitLdcInsn("interrupted")
            check.visitMethodInsn(Opcodes.INVOKESPECIAL, CANCELLATION, "<init>", "(Ljava/lang/String;)V", false)
            check.visitInsn(Opcodes.ATHROW)
            for (label in listOf(othersStop, nobodyStops)) {
                check.visitLabel(label)
            }
            check.visitFrame(Opcodes.F_SAME, 0, null, 0, null)
            check.visitInsn(Opcodes.RETURN)
            check.visitMaxs(0, 0)
            check.visitEnd()
            type.visitEnd()
            return type.toByteArray()
        }
    }
}
