package io.manhole;

import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stops a session's evaluations by means of the session's copy of {@link InterruptCheck}. */
final class InterruptGuard {

    private final Field stop;
    private final Object lock = new Object();
    private @Nullable Thread owner; // guarded by lock: who began the evaluation that is under way; null if none is
    private @Nullable Thread evaluating; // guarded by lock: on which thread it is now
    private boolean stopping; // guarded by lock: it is to stop
    private final Set<Thread> abandoned = new HashSet<>(); // guarded by lock: on which evaluations were left behind

    /** Takes the {@link InterruptCheck} that the session's loader has defined. */
    InterruptGuard(Class<?> check) throws NoSuchFieldException {
        stop = check.getDeclaredField("stop");
        stop.setAccessible(true);
    }

    /** The calling thread evaluates from now on. */
    void begin() {
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
    void moveHere() {
        synchronized (lock) {
            if (owner != null && !abandoned.contains(Thread.currentThread())) {
                evaluating = Thread.currentThread();
                update();
            }
        }
    }

    /** The evaluation has come back from the calling thread, which may have other things to do. */
    void moveBack() {
        synchronized (lock) {
            if (abandoned.remove(Thread.currentThread())) {
                update();
            }
        }
    }

    /** The evaluation that the calling thread began is over; interrupts that come later do not count. */
    void end() {
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
    void interrupt() {
        synchronized (lock) {
            if (evaluating != null) {
                stopping = true;
                update();
            }
        }
    }

    /** Lets another evaluation begin, although the one on this thread has not ended. That one is to stop whenever it can. */
    void abandon(Thread evaluator) {
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

    private void update() {
        assert Thread.holdsLock(lock);
        Set<Thread> threads = new HashSet<>(abandoned);
        if (stopping && evaluating != null) {
            threads.add(evaluating);
        }
        try {
            stop.set(null, threads.isEmpty() ? null : Set.copyOf(threads));
        } catch (IllegalAccessException e) {
            throw new LinkageError("the session's own class is not accessible", e);
        }
    }
}
