package io.manhole;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way to a client: a bounded queue, emptied by a thread of its own, so that a client that does not read
 * holds up nobody but whoever chose to wait for it.
 *
 * <p>Chunks reach the client whole and in order; a chunk is never dropped once it was taken.
 */
final class ConnectionOutput {

    /** Some hundred screens; a client that is further behind is not reading. */
    private static final int CAPACITY_BYTES = 256 << 10;

    private static final int BATCH_BYTES = 64 << 10;

    private final PeerSocket socket;
    private final Object lock = new Object();
    private final Deque<byte[]> chunks = new ArrayDeque<>(); // guarded by lock
    private int queuedBytes; // guarded by lock; includes what the writer is writing
    private boolean finished; // guarded by lock
    private @Nullable IOException failure; // guarded by lock

    ConnectionOutput(PeerSocket socket) {
        this.socket = socket;
    }

    /**
     * Takes a chunk, waiting for room. Interruptible: then the chunk is not taken and the interrupt status is set.
     *
     * @throws IOException if the client is gone or the connection ended
     */
    void put(byte[] chunk) throws IOException {
        synchronized (lock) {
            while (queuedBytes >= CAPACITY_BYTES && failure == null && !finished) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
            enqueue(chunk);
        }
    }

    /**
     * Takes a chunk if there is room; never waits.
     *
     * @return whether it was taken
     * @throws IOException if the client is gone or the connection ended
     */
    boolean offer(byte[] chunk) throws IOException {
        synchronized (lock) {
            if (queuedBytes >= CAPACITY_BYTES) {
                return false;
            }
            enqueue(chunk);
            return true;
        }
    }

    private void enqueue(byte[] chunk) throws IOException {
        assert Thread.holdsLock(lock);
        if (failure != null) {
            throw failure;
        }
        if (finished) {
            throw new IOException("the connection has ended");
        }
        if (chunk.length > 0) {
            chunks.add(chunk);
            queuedBytes += chunk.length;
            lock.notifyAll();
        }
    }

    /** Takes no more; what was taken is still written. */
    void finish() {
        synchronized (lock) {
            finished = true;
            lock.notifyAll();
        }
    }

    /**
     * Waits until all is written, for as long as the client goes on reading.
     *
     * @return whether all was written
     */
    boolean awaitDrained(long patienceMillis) throws InterruptedException {
        synchronized (lock) {
            int last = -1;
            long deadline = 0;
            while (queuedBytes > 0 && failure == null) {
                long now = System.nanoTime();
                if (queuedBytes != last) {
                    last = queuedBytes;
                    deadline = now + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - now);
                if (left <= 0) {
                    return false;
                }
                lock.wait(left);
            }
            return failure == null;
        }
    }

    /** The writer thread's whole life: ends after {@link #finish} when all is written, or when the client is gone. */
    void writeAll() {
        byte[] batch = new byte[BATCH_BYTES];
        try {
            for (byte[] chunk = take(); chunk != null; chunk = take()) {
                int length = chunk.length;
                byte[] bytes = chunk;
                if (length < BATCH_BYTES) {
                    System.arraycopy(chunk, 0, batch, 0, length);
                    length = fill(batch, length);
                    bytes = batch;
                }
                socket.write(bytes, 0, length);
                written(length);
            }
        } catch (IOException e) {
            synchronized (lock) {
                failure = e;
                chunks.clear();
                queuedBytes = 0;
                lock.notifyAll();
            }
        }
    }

    private byte @Nullable [] take() {
        synchronized (lock) {
            while (chunks.isEmpty() && !finished && failure == null) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    return null;
                }
            }
            return chunks.poll();
        }
    }

    /** Adds the chunks behind to the batch, as far as they fit: small prints make few writes. */
    private int fill(byte[] batch, int from) {
        synchronized (lock) {
            int length = from;
            for (byte[] next = chunks.peek();
                    next != null && length + next.length <= batch.length;
                    next = chunks.peek()) {
                System.arraycopy(next, 0, batch, length, next.length);
                length += next.length;
                chunks.remove();
            }
            return length;
        }
    }

    private void written(int bytes) {
        synchronized (lock) {
            queuedBytes -= bytes;
            lock.notifyAll();
        }
    }

    /** For connection handlers: a stream whose writes wait for room. */
    OutputStream asStream() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                put(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                put(java.util.Arrays.copyOfRange(bytes, offset, offset + length));
            }
        };
    }
}
