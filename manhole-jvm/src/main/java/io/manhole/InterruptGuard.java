package io.manhole;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/** Stops a session's evaluation by means of the session's copy of {@link InterruptCheck}. */
final class InterruptGuard {

    private final Field stop;
    private final Object lock = new Object();
    private @Nullable Thread evaluating; // guarded by lock: null when nothing is evaluated

    /** Takes the {@link InterruptCheck} that the session's loader has defined. */
    InterruptGuard(Class<?> check) throws NoSuchFieldException {
        stop = check.getDeclaredField("stop");
        stop.setAccessible(true);
    }

    /** The calling thread evaluates from now on. */
    void begin() {
        synchronized (lock) {
            if (evaluating != null) {
                throw new IllegalStateException(
                        "thread \"" + evaluating.getName() + "\" is evaluating in this session already");
            }
            evaluating = Thread.currentThread();
        }
    }

    /** The evaluation goes on on the calling thread. */
    void moveHere() throws IllegalAccessException {
        synchronized (lock) {
            if (evaluating != null) {
                evaluating = Thread.currentThread();
                if (stop.get(null) != null) {
                    setStop(evaluating);
                }
            }
        }
    }

    /** The evaluation is over; interrupts that come later do not count. */
    void end() {
        synchronized (lock) {
            evaluating = null;
            setStop(null);
        }
    }

    /** Asks the evaluation that is under way, if any, to stop. */
    void interrupt() {
        synchronized (lock) {
            if (evaluating != null) {
                setStop(evaluating);
            }
        }
    }

    private void setStop(@Nullable Thread thread) {
        try {
            stop.set(null, thread);
        } catch (IllegalAccessException e) {
            throw new LinkageError("the session's own class is not accessible", e);
        }
    }
}
