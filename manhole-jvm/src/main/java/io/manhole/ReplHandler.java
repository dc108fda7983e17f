package io.manhole;

import java.io.IOException;

/** Finds out what the client speaks, and lets that dialect serve it. */
final class ReplHandler implements ConnectionHandler {

    /** A client of the nREPL dialect speaks first; whoever is silent for so long is a person at a plain socket. */
    private static final int SNIFF_MILLIS = 30;

    /** Clients that speak first most often have spoken by the time their connection is accepted. */
    private static final int AT_ONCE_MILLIS = 1;

    @Override
    public void handle(Connection connection) throws IOException, InterruptedException {
        Dialect dialect = connection.dialect();
        if (dialect == Dialect.NREPL || (dialect == Dialect.AUTO && isNrepl(connection, AT_ONCE_MILLIS))) {
            new NreplDialect(connection).serve();
            return;
        }
        // Captured before the wait, so that it shows the process as it was when the client came.
        StackDump dump = StackDump.capture();
        if (dialect == Dialect.AUTO && isNrepl(connection, SNIFF_MILLIS)) {
            new NreplDialect(connection).serve();
        } else {
            new PlainDialect(connection).serve(dump);
        }
    }

    /** A bencode dictionary whose first key is a string: {@code d}, digits, a colon. */
    private static boolean isNrepl(Connection connection, int timeoutMillis) throws IOException {
        ConnectionInput input = connection.bufferedInput();
        if (input.peek(0, timeoutMillis) != 'd') {
            return false;
        }
        int offset = 1;
        int b = input.peek(offset, SNIFF_MILLIS);
        while (b >= '0' && b <= '9' && offset < 6) {
            b = input.peek(++offset, SNIFF_MILLIS);
        }
        return offset > 1 && b == ':';
    }
}
