package io.manhole;

import java.io.IOException;

/** Runs lines and keeps quiet: what they print stays in the application. */
final class ExecHandler implements ConnectionHandler {

    @Override
    public void handle(Connection connection) throws IOException, InterruptedException {
        Lines lines = new Lines(connection);
        lines.session.start();
        try {
            SessionInput.serve(connection, lines.session, lines);
        } finally {
            lines.session.close();
            lines.session.awaitEnd(SessionInput.GRACE_MILLIS);
        }
    }

    private static final class Lines implements Session.Client, LineReader.Lines {

        private final Connection connection;
        private final Session session;
        private String incomplete = ""; // of the session's thread

        Lines(Connection connection) {
            this.connection = connection;
            connection.speaks("exec");
            session = new Session(
                    Long.toString(connection.number()), this, connection.manhole(), OutputRouter.Routes.NONE);
        }

        @Override
        public void line(String line) throws IOException {
            SessionInput.submit(connection, session, line, null);
        }

        @Override
        public void interrupt() {
            if (session.isReportedStuck()) {
                session.abandon();
            } else {
                session.interrupt(null);
            }
        }

        @Override
        public void tooLong() {
            Listeners listeners = connection.manhole().listeners();
            listeners.failed(
                    "reading from connection " + connection.number(),
                    new IOException("a line longer than maxInputBytes was thrown away"));
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public void handle(Session session, Session.Input input) {
            String text = incomplete + input.text();
            if (text.isBlank()) {
                return;
            }
            Outcome outcome = session.evaluate(text);
            if (outcome.kind() == Outcome.Kind.INCOMPLETE) {
                incomplete = text + "\n";
                return;
            }
            incomplete = "";
            if (outcome.kind() == Outcome.Kind.EXIT) {
                session.end();
            } else if (outcome.kind() != Outcome.Kind.VALUE) {
                System.err.print(outcome.text());
            }
        }

        @Override
        public void stuck(Session session, String what) {
            System.err.println(what);
        }

        @Override
        public void leftBehind(Session session, String what) {
            incomplete = "";
            System.err.println(what);
        }

        @Override
        public void endOfInput(Session session) {}

        @Override
        public void ended(Session session) {
            connection.finish();
        }

        @Override
        public void failed(Session session, Throwable cause) {
            connection.manhole().listeners().failed("session " + session.name(), cause);
        }
    }
}
