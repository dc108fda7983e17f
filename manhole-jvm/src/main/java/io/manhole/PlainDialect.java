package io.manhole;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A prompt for people at a bare socket: lines in, text out. */
final class PlainDialect implements Session.Client, LineReader.Lines {

    private static final String PROMPT = ">>> ";
    private static final String CONTINUATION = "... ";
    private static final String EXITING = "now exiting ManholeConsole...\n";

    /** The id of an input that is no line but a Ctrl-C at the prompt. */
    private static final String CANCEL = "cancel";

    private final Connection connection;
    private final Manhole manhole;
    private final Session session;
    private final StringBuilder incomplete = new StringBuilder(); // of the session's thread

    PlainDialect(Connection connection) {
        this.connection = connection;
        connection.speaks("plain");
        this.manhole = connection.manhole();
        OutputRoute out = new OutputRoute(this::send);
        OutputRoute err = manhole.options().redirectStderr() ? new OutputRoute(this::send) : null;
        String name = Long.toString(connection.number());
        session = new Session(name, this, manhole, new OutputRouter.Routes(out, err, new LinesAsInput()));
    }

    void serve(StackDump dump) throws IOException, InterruptedException {
        session.start();
        try {
            connection.print(dump.toString());
            connection.print(manhole.banner());
            connection.print(PROMPT);
            SessionInput.serve(connection, session, this);
        } finally {
            session.close();
            session.awaitEnd(SessionInput.GRACE_MILLIS);
        }
    }

    private boolean send(byte[] bytes, boolean mayWait) throws IOException {
        if (mayWait) {
            connection.queue().put(bytes);
            return true;
        }
        return connection.queue().offer(bytes);
    }

    // ---- on the connection's thread ----

    @Override
    public void line(String line) throws IOException {
        SessionInput.submit(connection, session, line, null);
    }

    @Override
    public void interrupt() throws IOException {
        String stuck = session.stuckAt();
        if (session.interrupt(null) == Session.Interrupt.IDLE) {
            SessionInput.submit(connection, session, "", CANCEL);
        } else if (stuck != null) {
            connection.print(
                    "still running although it was interrupted: " + stuck + "; disconnect to leave it behind\n");
        }
    }

    @Override
    public void tooLong() throws IOException {
        connection.print("a line longer than " + manhole.options().maxInputBytes()
                + " bytes was thrown away; the limit is the option maxInputBytes\n");
        SessionInput.submit(connection, session, "", CANCEL);
    }

    // ---- on the session's thread ----

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void handle(Session session, Session.Input input) {
        if (CANCEL.equals(input.id())) {
            incomplete.setLength(0);
            print("\n" + PROMPT);
            return;
        }
        if (incomplete.length() == 0 && input.text().isBlank()) {
            print(PROMPT);
            return;
        }
        String text = incomplete + input.text();
        Outcome outcome = evaluate(text);
        if (outcome.kind() == Outcome.Kind.INCOMPLETE) {
            incomplete.append(input.text()).append('\n');
            print(CONTINUATION);
        } else if (outcome.kind() == Outcome.Kind.EXIT) {
            session.end();
        } else {
            incomplete.setLength(0);
            print(shown(outcome) + PROMPT);
        }
    }

    @Override
    public void endOfInput(Session session) {
        if (incomplete.toString().isBlank()) {
            print("\n" + EXITING);
        } else {
            print("\nthe input ended before this was complete:\n" + incomplete + EXITING);
        }
    }

    private Outcome evaluate(String text) {
        Outcome outcome = session.evaluate(text);
        session.takeWarnings().forEach(warning -> print("note: " + warning + "\n"));
        return outcome;
    }

    private static String shown(Outcome outcome) {
        return outcome.kind() == Outcome.Kind.VALUE ? outcome.text() + "\n" : outcome.text();
    }

    private void print(String text) {
        try {
            connection.print(text);
        } catch (IOException e) {
            session.end();
        }
    }

    @Override
    public void ended(Session session) {
        connection.finish();
    }

    @Override
    public void failed(Session session, Throwable cause) {
        manhole.listeners().failed("session " + session.name(), cause);
    }

    /** Code that reads System.in gets the lines that follow, as any program does that is fed by a pipe. */
    private final class LinesAsInput extends ClientInput {
        @Override
        byte @Nullable [] more() throws IOException {
            Session.Input next = session.next();
            if (next == null || CANCEL.equals(next.id())) {
                return null;
            }
            return (next.text() + "\n").getBytes(StandardCharsets.UTF_8);
        }
    }
}
