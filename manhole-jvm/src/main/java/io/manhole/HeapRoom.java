package io.manhole;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Whether the heap can carry an engine: one that runs out of memory would take the application with it. */
final class HeapRoom {
    /** Collecting so small a heap takes some tens of milliseconds at most. */
    private static final long SMALL_HEAP = 256L << 20;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private HeapRoom() {}

    /** Bytes that can be allocated before the heap is full; garbage not yet collected counts as used. */
    static long available() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
    }

    /**
     * Whether there is so much room. What looks full may be garbage: a small heap is collected to find out; in a larger one,
     * where that would hold up the application, the calling thread waits for up to two seconds for a collection to come by.
     */
    static boolean has(long bytes) {
        if (available() >= bytes) {
            return true;
        }
        if (Runtime.getRuntime().maxMemory() <= SMALL_HEAP) {
            System.gc();
            return available() >= bytes;
        }
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() - deadline < 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_NANOS);
            if (available() >= bytes) {
                return true;
            }
        }
        return false;
    }

    /** What to tell a user whose engine does not fit. */
    static String lack(String engine, long bytes) {
        return "the heap has " + mebibytes(available()) + " of "
                + mebibytes(Runtime.getRuntime().maxMemory()) + " to spare, and the " + engine + " engine takes "
                + mebibytes(bytes) + ": give the process more (-Xmx), or connect again when it needs less";
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MB";
    }
}
