package io.manhole.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One nREPL session on a connection of its own. Requests may be sent by any thread. */
final class Session implements AutoCloseable {

    private final NreplConnection connection;
    /** Of the session that texts are evaluated in. Written by the main thread. */
    private volatile String id;

    private final ServerDescription server;
    private final long keptSeconds;

    /** @param keptSeconds for how long the server said that it keeps the session when we leave */
    Session(NreplConnection connection, String id, ServerDescription server, long keptSeconds) {
        this.connection = connection;
        this.id = id;
        this.server = server;
        this.keptSeconds = keptSeconds;
    }

    /** How to come back, for somebody who leaves now; null if the session ends with the connection, or has ended. */
    @Nullable
    String wayBack() {
        return keptSeconds == 0 || connection.hasEnded() || connection.hasClosed(id)
                ? null
                : "the session stays for " + keptSeconds + " s; back to it: --attach-session " + id;
    }

    ServerDescription server() {
        return server;
    }

    /** Starts to hand out responses; to be called once, before anything else. */
    void start(NreplConnection.Listener listener) {
        connection.start(listener);
    }

    PendingRequest eval(String code) throws IOException {
        return connection.send(Map.of("op", "eval", "code", code, "session", id));
    }

    void interrupt() throws IOException {
        connection.post(Map.of("op", "interrupt", "session", id));
    }

    /** Has the server go on without an evaluation that does not stop. */
    void abandon() throws IOException {
        connection.post(Map.of("op", "manhole/abandon", "session", id));
    }

    /** Sends what the evaluated code reads next; the empty string is the end of file. */
    void stdin(String text) throws IOException {
        connection.post(Map.of("op", "stdin", "stdin", text, "session", id));
    }

    /** Whether the text can be evaluated as it stands. A server that does not say so in time, or at all, is not asked twice. */
    boolean isComplete(String code, Duration limit) throws IOException, InterruptedException {
        Message answer = ask(Map.of("op", "manhole/check", "code", code, "session", id), limit);
        return answer == null || !"0".equals(answer.text("manhole/complete"));
    }

    /** What could stand at the cursor; nothing when the server cannot tell, null when it does not in time. */
    @Nullable
    Completions completions(String code, int cursor, Duration limit) throws IOException, InterruptedException {
        Message answer = ask("completions", code, cursor, limit);
        return answer == null || answer.status().contains("manhole/timeout") ? null : Completions.of(answer);
    }

    /**
     * What the name at the cursor is: the fields that the server has, none if it is no name; null when the server does not say
     * so in time, or at all.
     */
    @Nullable
    Message lookup(String code, int cursor, Duration limit) throws IOException, InterruptedException {
        Message answer = ask("lookup", code, cursor, limit);
        return answer == null
                        || answer.status().contains("error")
                        || answer.status().contains("manhole/timeout")
                ? null
                : answer.dictionary("info");
    }

    /** Has the server make ready what completing needs first, while the user has not asked for it. */
    void prepareCompletions() throws IOException {
        connection.post(Map.of("op", "completions", "prefix", "\"\".", "session", id));
    }

    /** Goes on in a fresh session, and ends the old one; returns false when the server gives none in time. */
    boolean reset(Duration limit) throws IOException, InterruptedException {
        Message answer = ask(Map.of("op", "clone", "manhole/keep", keptSeconds), limit);
        String fresh = answer == null ? null : answer.text("new-session");
        if (fresh == null) {
            return false;
        }
        connection.post(Map.of("op", "close", "session", id));
        id = fresh;
        return true;
    }

    /** The stack dump taken when the connection was accepted, or null when the server has none in time. */
    @Nullable
    String dump(Duration limit) throws IOException, InterruptedException {
        Message answer = ask(Map.of("op", "manhole/dump", "session", id), limit);
        return answer == null ? null : answer.text("manhole/dump");
    }

    private @Nullable Message ask(String op, String code, int cursor, Duration limit)
            throws IOException, InterruptedException {
        Map<String, ?> question = Map.of(
                "op",
                op,
                "manhole/code",
                code,
                "manhole/cursor",
                (long) cursor,
                "manhole/timeout",
                limit.toMillis(),
                "session",
                id);
        return ask(question, limit);
    }

    private @Nullable Message ask(Map<String, ?> fields, Duration limit) throws IOException, InterruptedException {
        PendingRequest request = connection.send(fields);
        try {
            return request.next(limit);
        } finally {
            request.abandon();
        }
    }

    boolean hasEnded() {
        return connection.hasEnded();
    }

    IOException endReason() {
        return connection.endReason();
    }

    /** Ends the connection, and with it the session and what it evaluates, unless the session is to stay. */
    @Override
    public void close() {
        connection.close();
    }
}
