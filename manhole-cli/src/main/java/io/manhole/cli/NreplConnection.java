package io.manhole.cli;

import io.manhole.nrepl.BencodeException;
import io.manhole.nrepl.BencodeReader;
import io.manhole.nrepl.BencodeWriter;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An established connection: sends requests from any thread, and hands each response to the request whose id it bears.
 * Two daemon threads, {@code manhole-cli-reader} and
 * {@code manhole-cli-writer}, are the only ones that touch the channel: an interrupt, which is what Ctrl-C is to the thread
 * at the prompt, would close it.
 */
final class NreplConnection implements Closeable {

    /** The dump of some ten thousand threads fits; a server that sends without end does not. */
    static final long MAX_MESSAGE_BYTES = 256L << 20;

    private static final Message END = new Message(Map.of());
    private static final ByteBuffer LAST = ByteBuffer.allocate(0);

    /** Hears of what belongs to no request of ours. Called by the reader's thread. */
    interface Listener {

        /** Output of a thread that outlives the evaluation that started it, for example. */
        void unclaimed(Message message);

        /** The connection has ended; called once. */
        void ended();
    }

    private final SocketChannel channel;
    private final BencodeReader reader;
    /** One request at a time waits for its answer, so this stays short. */
    private final BlockingQueue<ByteBuffer> outgoing = new LinkedBlockingQueue<>();

    /** No evaluation that an earlier connection left must have the name of one of ours. */
    private final String idPrefix;

    private final AtomicLong lastId = new AtomicLong();
    private final ConcurrentMap<String, PendingRequest> pending = new ConcurrentHashMap<>();
    /** Written by the reader's thread, once. */
    private volatile @Nullable IOException end;
    /** Written by the reader's thread. */
    private volatile @Nullable String closedSession;

    /** @param sessionIsOld whether the session was used by another connection before */
    NreplConnection(SocketChannel channel, ChannelInput input, boolean sessionIsOld) {
        this.channel = channel;
        this.idPrefix = sessionIsOld ? Long.toString(System.currentTimeMillis(), Character.MAX_RADIX) + "-" : "";
        this.reader = new BencodeReader(input, MAX_MESSAGE_BYTES);
    }

    /** Starts to hand out responses. Before, {@link #read} is the caller's to call; after, nobody's. */
    void start(Listener listener) {
        startThread("manhole-cli-reader", () -> readUntilEnd(listener));
        startThread("manhole-cli-writer", this::writeUntilEnd);
    }

    private static void startThread(String name, Runnable action) {
        Thread thread = new Thread(action, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Sends a request whose responses are awaited. */
    PendingRequest send(Map<String, ?> fields) throws IOException {
        String id = nextId();
        PendingRequest request = new PendingRequest(id, this);
        pending.put(id, request);
        try {
            enqueue(id, fields);
        } catch (IOException e) {
            forget(id);
            throw e;
        }
        return request;
    }

    /** Sends a request whose responses do not matter. */
    void post(Map<String, ?> fields) throws IOException {
        enqueue(nextId(), fields);
    }

    private String nextId() {
        return idPrefix + lastId.incrementAndGet();
    }

    private void enqueue(String id, Map<String, ?> fields) throws IOException {
        if (end != null) {
            throw endReason();
        }
        Map<String, Object> message = new LinkedHashMap<>(fields);
        message.put("id", id);
        outgoing.add(ByteBuffer.wrap(BencodeWriter.write(message)));
    }

    @SuppressWarnings("ReferenceEquality") // it is a mark, not a message
    private void writeUntilEnd() {
        try {
            for (ByteBuffer message = outgoing.take(); message != LAST; message = outgoing.take()) {
                while (message.hasRemaining()) {
                    channel.write(message);
                }
            }
        } catch (IOException | InterruptedException e) {
            // The reader finds the end too, after what the server said last.
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
        } catch (ClosedChannelException e) {
            end = new IOException("the connection was closed", e);
        } catch (IOException e) {
            end = new IOException("the server is gone: " + e.getMessage(), e);
        } catch (InterruptedException | RuntimeException | OutOfMemoryError e) {
            end = new IOException("cannot read what the server sends: " + e, e);
        }
        close();
        outgoing.add(LAST);
        pending.values().forEach(NreplConnection::deliverEnd);
        listener.ended();
    }

    private void dispatch(Message message, Listener listener) throws InterruptedException {
        String id = message.text("id");
        if (message.status().contains("session-closed")) {
            closedSession = message.text("session");
        }
        PendingRequest request = id == null ? null : pending.get(id);
        if (id == null || request == null) {
            listener.unclaimed(earlier(message));
            return;
        }
        if (message.done()) {
            forget(id);
        }
        request.deliver(message);
    }

    /** The value of an evaluation that an earlier connection asked for: to us it is something that the session says. */
    private static Message earlier(Message message) {
        String value = message.text("value");
        return value == null ? message : new Message(Map.of("out", value + "\n"));
    }

    /** Whether the server said of this session that it has ended, and of none since. */
    boolean hasClosed(String session) {
        return session.equals(closedSession);
    }

    private static void deliverEnd(PendingRequest request) {
        try {
            request.deliver(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("ReferenceEquality") // an empty message of the server's would be equal
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
        return reason == null
                ? new IOException("the connection is closed")
                : new IOException(reason.getMessage(), reason);
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
