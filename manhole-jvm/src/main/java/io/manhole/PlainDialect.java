package io.manhole;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
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
    private final Object greeting = new Object();
    private boolean greeted; // guarded by greeting
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
            greeted();
            SessionInput.serve(connection, session, this);
        } finally {
            session.close();
            session.awaitEnd(SessionInput.GRACE_MILLIS);
        }
    }

    /** What opening the engine had to say belongs before the first prompt, where the engine was that quick. */
    private void greeted() throws IOException {
        synchronized (greeting) {
            greeted = true;
            connection.print(notes() + PROMPT);
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
        if (session.isReportedStuck()) {
            if (session.abandon() == Session.Abandon.TOO_MANY) {
                connection.print(Session.TOO_MANY_ABANDONED + "\n");
            }
        } else if (session.interrupt(null) == Session.Interrupt.IDLE) {
            SessionInput.submit(connection, session, "", CANCEL);
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
    public void engineOpened(Session session) {
        synchronized (greeting) {
            String notes = greeted ? notes() : "";
            if (!notes.isEmpty()) {
                print("\n" + notes + PROMPT);
            }
        }
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
    public void completed(Session session, String value) {
        print("\n" + value + (incomplete.length() == 0 ? PROMPT : CONTINUATION));
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
        String notes = notes();
        if (!notes.isEmpty()) {
            print(notes);
        }
        return outcome;
    }

    private String notes() {
        return session.takeWarnings().stream()
                .map(warning -> "note: " + warning + "\n")
                .collect(Collectors.joining());
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

    /** What does not fit into the client's queue is lost, and the next Ctrl-C does what it would have said. */
    @Override
    public void stuck(Session session, String what) {
        try {
            boolean unused = send(
                    (what + "\nCtrl-C once more leaves it behind and goes on\n").getBytes(StandardCharsets.UTF_8),
                    false);
        } catch (IOException e) {
            // The client is gone, and is being noticed.
        }
    }

    @Override
    public void leftBehind(Session session, String what) {
        incomplete.setLength(0);
        print(what + "\n" + PROMPT);
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
