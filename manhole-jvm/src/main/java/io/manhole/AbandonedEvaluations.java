package io.manhole;

import java.util.concurrent.Semaphore;

/** Counts what was left behind in this process and still runs: each keeps a thread and all that its code refers to. */
final class AbandonedEvaluations {

    static final int MAX = 16;

    private static final Semaphore ROOM = new Semaphore(MAX);

    private AbandonedEvaluations() {}

    /** One more; false if there are too many. */
    static boolean enter() {
        return ROOM.tryAcquire();
    }

    /** One of them has ended. */
    static void leave() {
        ROOM.release();
    }
}
