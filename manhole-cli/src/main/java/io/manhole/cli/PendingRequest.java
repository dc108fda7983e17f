package io.manhole.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The responses to one request, in the order in which they come. The queue is short: when we are slow to show output, the
 * connection's reader waits, and so in the end does the evaluation, instead of our memory filling up.
 */
final class PendingRequest {

    private static final int MAX_WAITING = 64;
    private static final long ABANDON_CHECK_MILLIS = 50;

    private final String id;
    private final NreplConnection connection;
    private final BlockingQueue<Message> responses = new ArrayBlockingQueue<>(MAX_WAITING);
    private volatile boolean abandoned;

    PendingRequest(String id, NreplConnection connection) {
        this.id = id;
        this.connection = connection;
    }

    /**
     * The next response; blocks until it is there.
     *
     * @throws IOException when the connection has ended before the last response
     */
    Message next() throws IOException, InterruptedException {
        return check(responses.take());
    }

    /** The next response, or null when it does not come in time. */
    @Nullable
    Message next(Duration limit) throws IOException, InterruptedException {
        Message message = responses.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        return message == null ? null : check(message);
    }

    private Message check(Message message) throws IOException {
        if (NreplConnection.isEnd(message)) {
            throw connection.endReason();
        }
        return message;
    }

    /** No further response is wanted. */
    void abandon() {
        abandoned = true;
        connection.forget(id);
    }

    /** Called by the connection's reader. */
    void deliver(Message message) throws InterruptedException {
        boolean delivered = false;
        while (!delivered && !abandoned) {
            delivered = responses.offer(message, ABANDON_CHECK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
