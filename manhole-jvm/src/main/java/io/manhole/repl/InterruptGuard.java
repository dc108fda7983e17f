package io.manhole.repl;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops a session's evaluations by means of the session's copy of {@link InterruptCheck}. For engines that compile to classes:
 * the engine defines that copy beside the evaluated classes, has them call it, and evaluates by way of the guard.
 *
 * <p>May be called from any thread; nothing blocks but the code that it is given to run.
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
     * Evaluates on the calling thread. Interrupts that come meanwhile, the thread's included, are the evaluation's, and forgotten
     * when it is over.
     *
     * @param evaluation runs parts of itself on another thread with {@link #runHere}
     * @return what it returns
     * @throws IllegalStateException if an evaluation is under way already
     */
    public <T> T evaluate(Supplier<T> evaluation) {
        boolean wasInterrupted = Thread.currentThread().isInterrupted();
        begin();
        try {
            return evaluation.get();
        } finally {
            end();
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            } else {
                boolean unused = Thread.interrupted();
            }
        }
    }

    private void begin() {
        synchronized (lock) {
            if (owner != null) {
                throw new IllegalStateException(
                        "thread \"" + owner.getName() + "\" is evaluating in this session already");
            }
            owner = Thread.currentThread();
            evaluating = owner;
        }
    }

    private void end() {
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

    /**
     * Runs user code of the evaluation under way on the calling thread, which may be another one than the evaluation's.
     *
     * @return what the code returns
     * @throws Exception what the code throws
     */
    public <T extends @Nullable Object> T runHere(Callable<T> code) throws Exception {
        moveHere();
        try {
            return code.call();
        } finally {
            moveBack();
        }
    }

    private void moveHere() {
        synchronized (lock) {
            if (owner != null && !abandoned.contains(Thread.currentThread())) {
                evaluating = Thread.currentThread();
                update();
            }
        }
    }

    /** The calling thread may have other things to do now. */
    private void moveBack() {
        synchronized (lock) {
            if (abandoned.remove(Thread.currentThread())) {
                update();
            }
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
