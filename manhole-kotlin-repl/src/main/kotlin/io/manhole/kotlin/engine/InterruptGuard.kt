package io.manhole.kotlin.engine

import io.manhole.kotlin.SnippetClassLoader
import org.jetbrains.org.objectweb.asm.ClassWriter
import org.jetbrains.org.objectweb.asm.Label
import org.jetbrains.org.objectweb.asm.Opcodes
import java.lang.invoke.MethodHandles
import java.util.concurrent.CancellationException

/**
 * Stops a session's evaluation where evaluated code enters a method or jumps back.
 *
 * It does not rely on the interrupt status, which code may clear, nor on exceptions that code may swallow: the check fails
 * again and again until the evaluation has ended. Threads other than the evaluating one are left alone.
 */
internal class InterruptGuard(loader: SnippetClassLoader) {
    /** The generated class's `static volatile Set<Thread> stop`: the threads that are to stop, or null. */
    private val stop =
        run {
            loader.add(mapOf(CLASS.replace('/', '.') to guardClass()))
            val guard = Class.forName(CLASS.replace('/', '.'), true, loader)
            MethodHandles.publicLookup().findStaticVarHandle(guard, STOP, Set::class.java)
        }
    private val lock = Any()

    /** Who began the evaluation that is under way. Guarded by [lock]; null when nothing is evaluated. */
    private var owner: Thread? = null

    /** On which thread that evaluation is now. Guarded by [lock]. */
    private var evaluating: Thread? = null

    /** Whether it is to stop. Guarded by [lock]. */
    private var stopping = false

    /** Threads of evaluations that were left behind, which are to stop as soon as they can. Guarded by [lock]. */
    private val abandoned = HashSet<Thread>()

    /** The calling thread evaluates from now on. */
    fun begin() =
        synchronized(lock) {
            check(owner == null) { "${owner?.name} is evaluating in this session already" }
            owner = Thread.currentThread()
            evaluating = owner
        }

    /** The evaluation goes on on the calling thread. */
    fun moveHere() =
        synchronized(lock) {
            if (owner == null || Thread.currentThread() in abandoned) return@synchronized
            evaluating = Thread.currentThread()
            update()
        }

    /** The evaluation has come back from the calling thread, which may have other things to do. */
    fun moveBack() = synchronized(lock) { if (abandoned.remove(Thread.currentThread())) update() }

    /** The evaluation that the calling thread began is over; interrupts that come later do not count. */
    fun end() =
        synchronized(lock) {
            abandoned -= Thread.currentThread()
            if (owner === Thread.currentThread()) forgetCurrent()
            update()
        }

    /** Asks the evaluation that is under way, if any, to stop. */
    fun interrupt() =
        synchronized(lock) {
            stopping = evaluating != null
            update()
        }

    /** Lets another evaluation begin, although the one on this thread has not ended. That one is to stop whenever it can. */
    fun abandon(evaluator: Thread) =
        synchronized(lock) {
            if (owner == null) return@synchronized
            abandoned += evaluator
            forgetCurrent()
            update()
        }

    /**
     * What an evaluation leaves in its session.
     *
     * @throws CancellationException if the calling thread's evaluation was left behind
     */
    fun unlessAbandoned(code: () -> Unit) =
        synchronized(lock) {
            if (Thread.currentThread() in abandoned) throw CancellationException("left behind")
            code()
        }

    private fun forgetCurrent() {
        owner = null
        evaluating = null
        stopping = false
    }

    private fun update() {
        val threads = if (stopping) abandoned + checkNotNull(evaluating) else abandoned
        stop.setVolatile(if (threads.isEmpty()) null else java.util.Set.copyOf(threads))
    }

    companion object {
        const val CLASS = "manhole/InterruptGuard"
        const val CHECK = "check"
        private const val STOP = "stop"
        private const val THREAD = "Ljava/lang/Thread;"
        private const val SET = "Ljava/util/Set;"
        private const val CANCELLATION = "java/util/concurrent/CancellationException"

        /**
         * ```
         * public static volatile Set stop;
         * public static void check() {
         *     Set threads = stop;
         *     if (threads == null) return;
         *     if (threads.contains(Thread.currentThread())) throw new CancellationException("interrupted");
         * }
         * ```
         */
        private fun guardClass(): ByteArray {
            val type = ClassWriter(ClassWriter.COMPUTE_MAXS)
            type.visit(Opcodes.V1_8, Opcodes.ACC_PUBLIC or Opcodes.ACC_FINAL, CLASS, null, "java/lang/Object", null)
            val field = Opcodes.ACC_PUBLIC or Opcodes.ACC_STATIC or Opcodes.ACC_VOLATILE
            type.visitField(field, STOP, SET, null, null).visitEnd()
            val check = type.visitMethod(Opcodes.ACC_PUBLIC or Opcodes.ACC_STATIC, CHECK, "()V", null, null)
            val somebodyStops = Label()
            val othersStop = Label()
            check.visitCode()
            check.visitFieldInsn(Opcodes.GETSTATIC, CLASS, STOP, SET)
            check.visitVarInsn(Opcodes.ASTORE, 0)
            check.visitVarInsn(Opcodes.ALOAD, 0)
            check.visitJumpInsn(Opcodes.IFNONNULL, somebodyStops)
            check.visitInsn(Opcodes.RETURN)
            check.visitLabel(somebodyStops)
            check.visitFrame(Opcodes.F_APPEND, 1, arrayOf("java/util/Set"), 0, null)
            check.visitVarInsn(Opcodes.ALOAD, 0)
            check.visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Thread", "currentThread", "()$THREAD", false)
            check.visitMethodInsn(Opcodes.INVOKEINTERFACE, "java/util/Set", "contains", "(Ljava/lang/Object;)Z", true)
            check.visitJumpInsn(Opcodes.IFEQ, othersStop)
            check.visitTypeInsn(Opcodes.NEW, CANCELLATION)
            check.visitInsn(Opcodes.DUP)
            check.visitLdcInsn("interrupted")
            check.visitMethodInsn(Opcodes.INVOKESPECIAL, CANCELLATION, "<init>", "(Ljava/lang/String;)V", false)
            check.visitInsn(Opcodes.ATHROW)
            check.visitLabel(othersStop)
            check.visitFrame(Opcodes.F_SAME, 0, null, 0, null)
            check.visitInsn(Opcodes.RETURN)
            check.visitMaxs(0, 0)
            check.visitEnd()
            type.visitEnd()
            return type.toByteArray()
        }
    }
}
