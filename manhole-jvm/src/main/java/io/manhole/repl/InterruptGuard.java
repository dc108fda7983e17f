package io.manhole.repl;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Stops a session's evaluations by means of the session's copy of {@link InterruptCheck}. For engines that compile to classes:
 * the engine defines that copy beside the evaluated classes, has them call it, and tells the guard on which thread it evaluates.
 *
 * <p>May be called from any thread; nothing blocks.
 */
public final class InterruptGuard {

    private final Method stop;
    private final Object lock = new Object();
    private @Nullable Thread owner; // guarded by lock: who began the evaluation that is under way; null if none is
    private @Nullable Thread evaluating; // guarded by lock: on which thread it is now
    private boolean stopping; // guarded by lock: it is to stop
    private final Set<Thread> abandoned = new HashSet<>(); // guarded by lock: on which evaluations were left behind

    /**
     * Makes the guard of one session.
     *
     * @param check the session's own copy of {@link InterruptCheck}, of the bytes of {@link #checkClass}
     * @throws IllegalArgumentException if it is another class
     */
    public InterruptGuard(Class<?> check) {
        try {
            stop = check.getDeclaredMethod("stop", Set.class);
            stop.setAccessible(true);
            if (!Loops.ARE_POLLING) {
                Method readField = check.getDeclaredMethod("readField");
                readField.setAccessible(true);
                readField.invoke(null);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no copy of " + InterruptCheck.class.getName() + ": " + check, e);
        }
    }

    /**
     * The class that a session's loader is to define, under the name of {@link InterruptCheck}, before its parent is asked for it.
     *
     * @throws IOException if it cannot be read
     */
    public static byte[] checkClass() throws IOException {
        String file = InterruptCheck.class.getSimpleName() + ".class";
        try (InputStream in = InterruptCheck.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException("manhole is packed without its class " + InterruptCheck.class.getName());
            }
            return in.readAllBytes();
        }
    }

    /**
     * The calling thread evaluates from now on.
     *
     * @throws IllegalStateException if an evaluation is under way already
     */
    public void begin() {
        synchronized (lock) {
            if (owner != null) {
                throw new IllegalStateException(
                        "thread \"" + owner.getName() + "\" is evaluating in this session already");
            }
            owner = Thread.currentThread();
            evaluating = owner;
        }
    }

    /** The evaluation goes on on the calling thread. */
    public void moveHere() {
        synchronized (lock) {
            if (owner != null && !abandoned.contains(Thread.currentThread())) {
                evaluating = Thread.currentThread();
                update();
            }
        }
    }

    /** The evaluation has come back from the calling thread, which may have other things to do. */
    public void moveBack() {
        synchronized (lock) {
            if (abandoned.remove(Thread.currentThread())) {
                update();
            }
        }
    }

    /** The evaluation that the calling thread began is over; interrupts that come later do not count. */
    public void end() {
        synchronized (lock) {
            boolean unused = abandoned.remove(Thread.currentThread());
            if (owner == Thread.currentThread()) {
                owner = null;
                evaluating = null;
                stopping = false;
            }
            update();
        }
    }

    /** Asks the evaluation that is under way, if any, to stop. */
    public void interrupt() {
        synchronized (lock) {
            if (evaluating != null) {
                stopping = true;
                update();
            }
        }
    }

    /**
     * Lets another evaluation begin, although the one under way has not ended. That one is to stop whenever it can.
     *
     * @param evaluator the thread that it is on
     */
    public void abandon(Thread evaluator) {
        synchronized (lock) {
            if (owner == null) {
                return;
            }
            abandoned.add(evaluator);
            owner = null;
            evaluating = null;
            stopping = false;
            update();
        }
    }

    /**
     * Does what an evaluation leaves in its session.
     *
     * @param change is not to block
     * @throws CancellationException if the calling thread's evaluation was left behind
     */
    public void unlessAbandoned(Runnable change) {
        synchronized (lock) {
            if (abandoned.contains(Thread.currentThread())) {
                throw new CancellationException("left behind");
            }
            change.run();
        }
    }

    private void update() {
        assert Thread.holdsLock(lock);
        Set<Thread> threads = new HashSet<>(abandoned);
        if (stopping && evaluating != null) {
            threads.add(evaluating);
        }
        try {
            stop.invoke(null, threads.isEmpty() ? null : Set.copyOf(threads));
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError("the session's own class is not accessible", e);
        }
    }

    /** Whether a thread in a compiled loop can always be brought to throw the loop's code away. */
    private static final class Loops {

        /** True with G1, ZGC and Shenandoah, whose counted loops poll; with Serial and Parallel they run to their end. */
        static final boolean ARE_POLLING = arePolling();

        private static boolean arePolling() {
            try {
                HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
                return vm != null
                        && Boolean.parseBoolean(
                                vm.getVMOption("UseCountedLoopSafepoints").getValue());
            } catch (IllegalArgumentException | LinkageError e) { // another JVM, or one without jdk.management
                return false;
            }
        }
    }
}
