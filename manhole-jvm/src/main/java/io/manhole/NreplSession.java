package io.manhole;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One nREPL session: answers its evaluations, each under the id of its request. */
final class NreplSession implements Session.Client {

    private final NreplDialect dialect;
    private final Connection connection;
    private final @Nullable String id;
    private final Session session;
    private final NreplStdin stdin = new NreplStdin(this::needInput);
    private volatile @Nullable String requestId; // of what is evaluated, or was last; written by the session's thread

    /** Without an id it is the connection's own session, which no response names. */
    NreplSession(NreplDialect dialect, Connection connection, @Nullable String id) {
        this.dialect = dialect;
        this.connection = connection;
        this.id = id;
        Manhole manhole = connection.manhole();
        OutputRoute out = new OutputRoute(sink("out"));
        OutputRoute err = manhole.options().redirectStderr() ? new OutputRoute(sink("err")) : null;
        String name = connection.number() + (id == null ? "" : "-" + id.substring(0, 8));
        session = new Session(name, this, manhole, new OutputRouter.Routes(out, err, stdin));
    }

    @Nullable
    String id() {
        return id;
    }

    Session session() {
        return session;
    }

    NreplStdin stdin() {
        return stdin;
    }

    static Map<String, Object> addressed(@Nullable String id, @Nullable String session) {
        Map<String, Object> message = new LinkedHashMap<>();
        if (id != null) {
            message.put("id", id);
        }
        if (session != null) {
            message.put("session", session);
        }
        return message;
    }

    private OutputRoute.Sink sink(String field) {
        Utf8Pieces pieces = new Utf8Pieces();
        return (bytes, mayWait) -> {
            byte[] whole = pieces.whole(bytes);
            if (whole.length == 0) {
                return true;
            }
            Map<String, Object> message = addressed(requestId, id);
            message.put(field, whole);
            if (mayWait) {
                dialect.send(message);
                return true;
            }
            return dialect.offer(message);
        };
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void handle(Session session, Session.Input input) {
        requestId = input.id();
        Outcome outcome = session.evaluate(input.text());
        try {
            for (String warning : session.takeWarnings()) {
                send("err", "note: " + warning + "\n");
            }
            answer(outcome);
        } catch (IOException e) {
            session.end();
        }
    }

    private void answer(Outcome outcome) throws IOException {
        switch (outcome.kind()) {
            case VALUE -> {
                Map<String, Object> message = addressed(requestId, id);
                message.put("value", outcome.text());
                if (outcome.type() != null) {
                    message.put("manhole/type", outcome.type());
                }
                dialect.send(message);
            }
            case NO_VALUE -> {}
            case INCOMPLETE -> {
                // In one message, so that a client which means to send more can leave the text out.
                Map<String, Object> message = addressed(requestId, id);
                message.put("err", "the text is incomplete\n");
                message.put("status", List.of("eval-error", "manhole/incomplete"));
                dialect.send(message);
            }
            case REJECTED -> {
                send("err", outcome.text());
                status("eval-error", "manhole/rejected");
            }
            case FAILED -> failed(outcome);
            case INTERRUPTED -> {
                send("err", outcome.text());
                status("interrupted", "eval-error");
            }
            case EXIT -> {
                session.end();
                status("done", "session-closed");
                return;
            }
        }
        status("done");
    }

    private void failed(Outcome outcome) throws IOException {
        send("err", outcome.text());
        Map<String, Object> message = addressed(requestId, id);
        message.put("ex", String.valueOf(outcome.thrown()));
        message.put("root-ex", String.valueOf(outcome.rootCause()));
        message.put("status", List.of("eval-error"));
        dialect.send(message);
    }

    private void send(String field, String text) throws IOException {
        Map<String, Object> message = addressed(requestId, id);
        message.put(field, text);
        dialect.send(message);
    }

    private void status(String... status) throws IOException {
        Map<String, Object> message = addressed(requestId, id);
        message.put("status", List.of(status));
        dialect.send(message);
    }

    private void needInput() throws IOException {
        status("need-input");
    }

    @Override
    public void stuck(Session session, String what) {
        Map<String, Object> message = addressed(requestId, id);
        message.put("err", what + "\nCtrl-C once more, or the op manhole/abandon, leaves it behind and goes on\n");
        message.put("status", List.of("manhole/stuck"));
        try {
            boolean unused = dialect.offer(message);
        } catch (IOException e) {
            // The client is gone, and is being noticed.
        }
    }

    @Override
    public void leftBehind(Session session, String what) {
        try {
            send("err", what + "\n");
            status("interrupted", "eval-error", "manhole/abandoned");
            status("done");
        } catch (IOException e) {
            session.end();
        }
    }

    @Override
    public void completed(Session session, String value) {
        try {
            send("out", value);
        } catch (IOException e) {
            session.end();
        }
    }

    @Override
    public void endOfInput(Session session) {}

    @Override
    public void ended(Session session) {}

    @Override
    public void failed(Session session, Throwable cause) {
        connection.manhole().listeners().failed("session " + session.name(), cause);
    }

    /** Keeps back the beginning of a character until its end is printed: a message holds whole characters. */
    private static final class Utf8Pieces {

        private byte[] kept = {}; // guarded by this

        synchronized byte[] whole(byte[] bytes) {
            byte[] all = bytes;
            if (kept.length > 0) {
                all = new byte[kept.length + bytes.length];
                System.arraycopy(kept, 0, all, 0, kept.length);
                System.arraycopy(bytes, 0, all, kept.length, bytes.length);
            }
            int end = all.length - unfinished(all);
            kept = Arrays.copyOfRange(all, end, all.length);
            return end == all.length ? all : Arrays.copyOf(all, end);
        }

        /** How many bytes at the end are the beginning of a character: 0 to 3. RFC 3629, section 3. */
        private static int unfinished(byte[] bytes) {
            for (int back = 1; back <= Math.min(3, bytes.length); back++) {
                int b = bytes[bytes.length - back] & 0xff;
                if (b >= 0xc0) {
                    int length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                    return back < length ? back : 0;
                }
                if (b < 0x80) {
                    return 0;
                }
            }
            return 0;
        }
    }
}
