package io.manhole;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/** The connection's thread between a client and its session: hands input on, and notices when the client is gone. */
final class SessionInput {

    /** How long an evaluation may take to stop once its client has left; then it is left behind. */
    static final long GRACE_MILLIS = 2_000;

    /** How soon a hang-up is noticed while there is nothing to read. */
    private static final long POLL_MILLIS = 200;

    private SessionInput() {}

    /** Reads lines until the client has sent all, and waits until all is answered or the client is gone. */
    static void serve(Connection connection, Session session, LineReader.Lines lines)
            throws IOException, InterruptedException {
        int limit = connection.manhole().options().maxInputBytes();
        new LineReader(connection.input(), limit).readAll(lines);
        session.endInput();
        awaitAnswers(connection, session);
    }

    /** After the end of the input: a half-closed client gets all its answers, one that hung up gets its evaluation stopped. */
    static void awaitAnswers(Connection connection, Session session) throws InterruptedException {
        while (session.isAlive() && !connection.hungUp()) {
            session.join(POLL_MILLIS);
        }
    }

    /** Submits a line, waiting for room in the session's queue. One that comes too late is lost. */
    static void submit(Connection connection, Session session, String text, @Nullable Object id) throws IOException {
        boolean unused = submit(connection, session, text, id, -1);
    }

    /**
     * Submits an input, waiting for room in the session's queue.
     *
     * @param quota see {@link Session.Input}
     * @return false if the session has ended
     */
    static boolean submit(Connection connection, Session session, String text, @Nullable Object id, long quota)
            throws IOException {
        while (true) {
            Session.Submitted submitted = session.submit(text, id, quota);
            if (submitted != Session.Submitted.FULL) {
                return submitted == Session.Submitted.QUEUED;
            }
            if (connection.hungUp()) {
                throw new IOException("the client hung up");
            }
            try {
                session.awaitRoom(POLL_MILLIS);
            } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted while the session was busy");
            }
        }
    }
}
