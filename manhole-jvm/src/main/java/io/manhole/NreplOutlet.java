package io.manhole;

import io.manhole.nrepl.BencodeWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The way of a session's messages to its client. While that is away, for a session that outlives its connection, they are kept,
 * and what finds no room is counted: then nobody waits.
 *
 * <p>{@link #attach} queues what was kept under the lock, without waiting, so that nothing later comes before it.
 */
final class NreplOutlet {

    /** As much is kept of what is printed. */
    private static final int MAX_OUTPUT_BYTES = 128 << 10;

    /** As much in all: there is room for values and statuses when there is none for output. One message may exceed it. */
    private static final int MAX_BYTES = 256 << 10;

    private final boolean outlives;
    private final Object lock = new Object();
    private @Nullable ConnectionOutput client; // guarded by lock: null while it is away
    private ByteArrayOutputStream kept = new ByteArrayOutputStream(0); // guarded by lock: whole messages
    private long droppedBytes; // guarded by lock

    /** @param outlives whether the session may outlive its connection */
    NreplOutlet(ConnectionOutput client, boolean outlives) {
        this.client = client;
        this.outlives = outlives;
    }

    /**
     * Sends a message, waiting for room while the client is there.
     *
     * @throws IOException if the client is gone, and the session is to end with it
     */
    void send(Map<String, ?> message) throws IOException {
        byte[] bytes = BencodeWriter.write(message);
        if (!deliver(bytes, true, MAX_BYTES)) {
            dropped(bytes.length);
        }
    }

    /** Sends a message if there is room; never waits. Returns whether it was taken. */
    boolean offer(Map<String, ?> message) throws IOException {
        return deliver(BencodeWriter.write(message), false, MAX_BYTES);
    }

    /**
     * Sends what was printed.
     *
     * @param mayWait whether to wait for room; then what is lost is counted here, and otherwise by the caller
     * @return whether it was taken
     */
    boolean print(Map<String, ?> message, boolean mayWait) throws IOException {
        byte[] bytes = BencodeWriter.write(message);
        boolean taken = deliver(bytes, mayWait, MAX_OUTPUT_BYTES);
        if (!taken && mayWait) {
            dropped(bytes.length);
        }
        return taken;
    }

    private boolean deliver(byte[] message, boolean mayWait, int limit) throws IOException {
        while (true) {
            ConnectionOutput to;
            synchronized (lock) {
                if (client == null) {
                    return keep(message, limit);
                }
                to = client;
            }
            try {
                if (!mayWait) {
                    return to.offer(message);
                }
                to.put(message);
                return true;
            } catch (IOException e) {
                if (!outlives) {
                    throw e;
                }
                lost(to);
            }
        }
    }

    private boolean keep(byte[] message, int limit) {
        assert Thread.holdsLock(lock);
        if (kept.size() >= limit) {
            return false;
        }
        kept.writeBytes(message);
        return true;
    }

    private void dropped(int bytes) {
        synchronized (lock) {
            droppedBytes += bytes;
        }
    }

    /** The connection has ended, and its thread will know soon. */
    private void lost(ConnectionOutput from) {
        synchronized (lock) {
            if (client == from) {
                client = null;
            }
        }
    }

    /** From now on messages are kept. */
    void detach() {
        synchronized (lock) {
            client = null;
        }
    }

    /**
     * From now on messages go to this client, which first gets an answer, then all that was kept.
     *
     * @param note a message that says how many bytes were dropped
     * @return false if there is no room for that now, and nothing was done
     * @throws IOException if this client is gone as well
     */
    boolean attach(ConnectionOutput to, Map<String, ?> answer, LongFunction<Map<String, ?>> note) throws IOException {
        synchronized (lock) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(BencodeWriter.write(answer));
            kept.writeTo(all);
            if (droppedBytes > 0) {
                all.writeBytes(BencodeWriter.write(note.apply(droppedBytes)));
            }
            if (!to.offer(all.toByteArray())) {
                return false;
            }
            kept = new ByteArrayOutputStream(0);
            droppedBytes = 0;
            client = to;
            return true;
        }
    }
}
