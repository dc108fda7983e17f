package io.manhole;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One nREPL session: answers its evaluations, each under the id of its request. It belongs to one connection at a time, and may
 * outlive it.
 */
final class NreplSession implements Session.Client {

    private final @Nullable String id;
    private final PeerCredentials owner;
    private final NreplOutlet outlet;
    private final Session session;
    private final NreplStdin stdin = new NreplStdin(this::needInput);
    private volatile Connection connection; // written by the thread of the connection that has the session
    private volatile Duration keepTime;
    private volatile @Nullable Object requestId; // of what is evaluated, or was last; written by the session's thread

    /**
     * A session that is not started yet.
     *
     * @param id null for the connection's own session, which no response names
     * @param keepTime how long it stays when the connection ends without having closed it
     */
    NreplSession(Connection connection, @Nullable String id, Duration keepTime) {
        this.connection = connection;
        this.id = id;
        this.keepTime = keepTime;
        owner = connection.credentials();
        outlet = new NreplOutlet(connection.queue(), !keepTime.isZero());
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

    /** Who opened it. */
    PeerCredentials owner() {
        return owner;
    }

    /** How long it stays without a connection; zero for one that ends with it. */
    Duration keepTime() {
        return keepTime;
    }

    /** The connection has ended, and the session is to stay. What it has to say is kept meanwhile. */
    void detach() {
        outlet.detach();
        session.detached(true);
        connection.ended(session);
    }

    /**
     * Goes on at another connection, which gets an answer, then what was said meanwhile.
     *
     * @return false if the client has to read first; nothing has changed then
     * @throws IOException if this connection has ended as well
     */
    boolean attach(Connection to, Map<String, ?> answer, Duration newKeepTime) throws IOException {
        if (!outlet.attach(to.queue(), answer, this::droppedNote)) {
            return false;
        }
        connection = to;
        keepTime = newKeepTime;
        session.detached(false);
        to.opened(session);
        if (!session.isAlive()) {
            to.ended(session);
        }
        return true;
    }

    private Map<String, ?> droppedNote(long bytes) {
        Map<String, Object> message = addressed();
        message.put("err", "\n[manhole: " + bytes + " bytes of output dropped: nobody was connected]\n");
        return message;
    }

    /** A response to the request that is evaluated or was last, to be filled. */
    private Map<String, Object> addressed() {
        return NreplRequest.addressed(requestId, id);
    }

    private OutputRoute.Sink sink(String field) {
        Utf8Pieces pieces = new Utf8Pieces();
        return (bytes, mayWait) -> {
            byte[] whole = pieces.whole(bytes);
            if (whole.length == 0) {
                return true;
            }
            Map<String, Object> message = addressed();
            message.put(field, whole);
            return outlet.print(message, mayWait);
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
                Map<String, Object> message = addressed();
                message.put("value", outcome.text());
                if (outcome.type() != null) {
                    message.put("manhole/type", outcome.type());
                }
                if (outcome.truncated()) {
                    message.put("status", List.of("nrepl.middleware.print/truncated"));
                    message.put("nrepl.middleware.print/truncated-keys", List.of("value"));
                }
                outlet.send(message);
            }
            case NO_VALUE -> {}
            case INCOMPLETE -> {
                // In one message, so that a client which means to send more can leave the text out.
                Map<String, Object> message = addressed();
                message.put("err", "the text is incomplete\n");
                message.put("status", List.of("eval-error", "manhole/incomplete"));
                outlet.send(message);
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
        Map<String, Object> message = addressed();
        message.put("ex", String.valueOf(outcome.thrown()));
        message.put("root-ex", String.valueOf(outcome.rootCause()));
        message.put("status", List.of("eval-error"));
        outlet.send(message);
    }

    private void send(String field, String text) throws IOException {
        Map<String, Object> message = addressed();
        message.put(field, text);
        outlet.send(message);
    }

    private void status(String... status) throws IOException {
        Map<String, Object> message = addressed();
        message.put("status", List.of(status));
        outlet.send(message);
    }

    private void needInput() throws IOException {
        status("need-input");
    }

    @Override
    public void stuck(Session session, String what) {
        Map<String, Object> message = addressed();
        message.put("err", what + "\nCtrl-C once more, or the op manhole/abandon, leaves it behind and goes on\n");
        message.put("status", List.of("manhole/stuck"));
        offerQuietly(message);
    }

    /** Sends it without waiting; lost if there is no room. */
    private void offerQuietly(Map<String, Object> message) {
        try {
            boolean unused = outlet.offer(message);
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
    public void dropped(Session session, Session.Input input) {
        Map<String, Object> message = NreplRequest.addressed(input.id(), id);
        message.put("status", List.of("interrupted", "session-closed", "done"));
        offerQuietly(message);
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
    public void ended(Session session) {
        connection.manhole().keptSessions().ended(this);
    }

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
