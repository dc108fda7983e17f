package io.manhole.cli;

import io.manhole.nrepl.BencodeException;
import io.manhole.nrepl.BencodeReader;
import io.manhole.nrepl.BencodeWriter;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An established connection: sends requests from any thread, and hands each response to the request whose id it bears.
 * One daemon thread, {@code manhole-cli-reader}, reads.
 *
 * <p>Threads that use the connection must not be interrupted: an interrupt closes the channel.
 */
final class NreplConnection implements Closeable {

    /** The dump of some ten thousand threads fits; a server that sends without end does not. */
    static final long MAX_MESSAGE_BYTES = 256L << 20;

    private static final Message END = new Message(Map.of());

    /** Hears of what belongs to no request of ours. Called by the reader's thread. */
    interface Listener {

        /** Output of a thread that outlives the evaluation that started it, for example. */
        void unclaimed(Message message);

        /** The connection has ended; called once. */
        void ended();
    }

    private final SocketChannel channel;
    private final BencodeReader reader;
    private final Object writeLock = new Object();
    private final AtomicLong lastId = new AtomicLong();
    private final ConcurrentMap<String, PendingRequest> pending = new ConcurrentHashMap<>();
    /** Written by the reader's thread, once. */
    private volatile @Nullable IOException end;

    NreplConnection(SocketChannel channel, ChannelInput input) {
        this.channel = channel;
        this.reader = new BencodeReader(input, MAX_MESSAGE_BYTES);
    }

    /** Starts to hand out responses. Before, {@link #read} is the caller's to call; after, nobody's. */
    void start(Listener listener) {
        Thread thread = new Thread(() -> readUntilEnd(listener), "manhole-cli-reader");
        thread.setDaemon(true);
        thread.start();
    }

    /** Sends a request whose responses are awaited. */
    PendingRequest send(Map<String, ?> fields) throws IOException {
        String id = Long.toString(lastId.incrementAndGet());
        PendingRequest request = new PendingRequest(id, this);
        pending.put(id, request);
        try {
            if (end != null) {
                throw endReason();
            }
            write(id, fields);
        } catch (IOException e) {
            forget(id);
            throw e;
        }
        return request;
    }

    /** Sends a request whose responses do not matter. */
    void post(Map<String, ?> fields) throws IOException {
        write(Long.toString(lastId.incrementAndGet()), fields);
    }

    private void write(String id, Map<String, ?> fields) throws IOException {
        Map<String, Object> message = new LinkedHashMap<>(fields);
        message.put("id", id);
        write(BencodeWriter.write(message));
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        synchronized (writeLock) { // a message must not be torn by another
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }

    /** The next message; blocks. Only before {@link #start}. */
    Message read() throws IOException {
        Map<String, Object> fields = reader.read();
        if (fields == null) {
            throw new EOFException("the server closed the connection");
        }
        return new Message(fields);
    }

    private void readUntilEnd(Listener listener) {
        try {
            while (true) {
                dispatch(read(), listener);
            }
        } catch (BencodeException e) {
            end = new IOException("the server sent something that is not nREPL: " + e.getMessage(), e);
        } catch (IOException e) {
            end = new IOException("the server is gone: " + e.getMessage(), e);
        } catch (InterruptedException | RuntimeException | OutOfMemoryError e) {
            end = new IOException("cannot read what the server sends: " + e, e);
        }
        close();
        pending.values().forEach(NreplConnection::deliverEnd);
        listener.ended();
    }

    private void dispatch(Message message, Listener listener) throws InterruptedException {
        String id = message.text("id");
        PendingRequest request = id == null ? null : pending.get(id);
        if (request == null) {
            listener.unclaimed(message);
            return;
        }
        if (message.done()) {
            forget(id);
        }
        request.deliver(message);
    }

    private static void deliverEnd(PendingRequest request) {
        try {
            request.deliver(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static boolean isEnd(Message message) {
        return message == END;
    }

    void forget(String id) {
        pending.remove(id);
    }

    boolean hasEnded() {
        return end != null;
    }

    /** Why the connection ended; only once it has. */
    IOException endReason() {
        IOException reason = end;
        return reason == null ? new IOException("the connection is closed") : new IOException(reason.getMessage(), reason);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is lost with it
        }
    }
}
