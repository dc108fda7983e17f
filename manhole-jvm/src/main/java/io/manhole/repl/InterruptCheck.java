package io.manhole.repl;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What evaluated code calls at the beginning of each method and before each jump back, so that it can be stopped. For engines;
 * {@link InterruptGuard} controls it.
 *
 * <p>Each session has a copy of this class, defined by the loader of its evaluated code, so that what is static here is the
 * session's own. The check relies neither on the interrupt status, which code may clear, nor on exceptions that code may
 * swallow: it fails again and again until the evaluation has ended. Threads other than the evaluating one are left alone.
 *
 * <p>While nobody is to stop, compiled code holds no check at all: a call site that never changed is a constant to the JVM's
 * compiler, and changing it throws away the code that took it for one.
 */
public final class InterruptCheck {

    /** The threads that are to stop, or null. */
    private static volatile @Nullable Set<Thread> stop;

    private static final MutableCallSite SITE = new MutableCallSite(MethodHandles.constant(Set.class, null));
    private static final MethodHandle THREADS = SITE.dynamicInvoker();
    private static boolean readsField; // guarded by the lock of the one InterruptGuard that there is

    private InterruptCheck() {}

    /**
     * Returns at once on a thread that is not to stop.
     *
     * @throws CancellationException on one that is
     */
    @SuppressWarnings("unchecked") // what all targets of the site return
    public static void check() {
        Set<Thread> threads;
        try {
            threads = (Set<Thread>) THREADS.invokeExact();
        } catch (Throwable e) {
            throw new LinkageError("neither a constant nor a field fails", e);
        }
        if (threads != null && threads.contains(Thread.currentThread())) {
            throw new CancellationException("interrupted");
        }
    }

    /**
     * Makes the check read a field each time, for a JVM whose compiled loops cannot be stopped to throw them away.
     *
     * @throws ReflectiveOperationException never, unless this class was altered
     */
    static void readField() throws ReflectiveOperationException {
        readsField = true;
        SITE.setTarget(MethodHandles.lookup().findStaticGetter(InterruptCheck.class, "stop", Set.class));
        MutableCallSite.syncAll(new MutableCallSite[] {SITE});
    }

    /** Names the threads that are to stop from now on; null for none. */
    static void stop(@Nullable Set<Thread> threads) {
        if (threads == null && stop == null) {
            return;
        }
        stop = threads;
        if (!readsField) {
            SITE.setTarget(MethodHandles.constant(Set.class, threads));
            MutableCallSite.syncAll(new MutableCallSite[] {SITE});
        }
    }
}
