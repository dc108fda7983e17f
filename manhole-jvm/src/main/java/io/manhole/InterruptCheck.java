package io.manhole;

import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What code evaluated as Java calls at the beginning of each method and before each jump back.
 *
 * <p>Each session has a copy of this class, defined by its own loader and made public there, so that the field is the
 * session's own. The check does not rely on the interrupt status, which code may clear, nor on exceptions that code may
 * swallow: it fails again and again until the evaluation has ended. Threads other than the evaluating one are left alone.
 */
final class InterruptCheck {

    /** The threads that are to stop, or null. */
    static volatile @Nullable Set<Thread> stop;

    private InterruptCheck() {}

    /** Fails on a thread that is to stop. */
    public static void check() {
        Set<Thread> threads = stop;
        if (threads != null && threads.contains(Thread.currentThread())) {
            throw new CancellationException("interrupted");
        }
    }
}
