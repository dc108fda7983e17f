package io.manhole;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where one session's printing goes. Inherited by the threads that its evaluations start, which may live on after the
 * session: a closed route holds on to nothing.
 */
final class OutputRoute {

    /** Sends one piece of output to the client. */
    interface Sink {
        /**
         * Takes a piece that the sink may keep.
         *
         * @param mayWait whether to wait for a client that is slow to read
         * @return false if the piece was dropped, for want of room
         */
        boolean send(byte[] bytes, boolean mayWait) throws IOException;
    }

    /** Pieces no longer than this keep the queue's bound meaningful. */
    private static final int MAX_PIECE_BYTES = 16 << 10;

    private volatile @Nullable Sink sink;
    private volatile @Nullable Thread evaluating;
    private volatile Set<Thread> abandoned = Set.of(); // written under this
    private long droppedBytes; // guarded by this

    OutputRoute(Sink sink) {
        this.sink = sink;
    }

    /** Names the thread that may be held up by the client: the session's own, and no other. */
    void evaluatedBy(Thread thread) {
        evaluating = thread;
    }

    /** Discards what the thread prints from now on: nobody waits for its evaluation any more. */
    synchronized void abandonedBy(Thread thread) {
        Set<Thread> all = new HashSet<>(abandoned);
        all.add(thread);
        abandoned = Set.copyOf(all);
    }

    synchronized void forget(Thread thread) {
        Set<Thread> all = new HashSet<>(abandoned);
        all.remove(thread);
        abandoned = Set.copyOf(all);
    }

    /** Whether what the calling thread prints is discarded. */
    boolean isAbandonedHere() {
        return abandoned.contains(Thread.currentThread());
    }

    /**
     * Sends output to the client.
     *
     * @return false if the route is closed, so that the output belongs to the application's own stream
     */
    boolean write(byte[] bytes, int offset, int length) {
        if (isAbandonedHere()) {
            return true;
        }
        Sink to = sink;
        boolean own = Thread.currentThread() == evaluating;
        if (to == null) {
            // What is left of an abandoned evaluation must not fill the application's log.
            return own;
        }
        try {
            for (int done = 0; done < length; done += MAX_PIECE_BYTES) {
                int from = offset + done;
                byte[] piece = Arrays.copyOfRange(bytes, from, from + Math.min(MAX_PIECE_BYTES, length - done));
                send(to, piece, own);
            }
            return true;
        } catch (IOException e) {
            // The client is gone. Its evaluation is being stopped; other threads print where they always did.
            return own;
        }
    }

    private void send(Sink to, byte[] piece, boolean own) throws IOException {
        if (own) {
            to.send(piece, true);
            return;
        }
        synchronized (this) {
            if (droppedBytes > 0 && to.send(droppedNote(), false)) {
                droppedBytes = 0;
            }
            if (droppedBytes > 0 || !to.send(piece, false)) {
                droppedBytes += piece.length;
            }
        }
    }

    private byte[] droppedNote() {
        return ("\n[manhole: " + droppedBytes + " bytes of output dropped: the client was not reading]\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    void close() {
        sink = null;
    }
}
