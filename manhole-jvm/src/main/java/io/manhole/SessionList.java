package io.manhole;

import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is connected to a manhole, and doing what. */
final class SessionList {

    private static final int MAX_TEXT = 60;

    private final Manhole manhole;

    SessionList(Manhole manhole) {
        this.manhole = manhole;
    }

    /** One row a session; a connection that has none yet has a row all the same. The caller's own is marked. */
    String table() {
        Table table = new Table(
                Table.text("", 1),
                Table.number("connection"),
                Table.number("pid"),
                Table.number("uid"),
                Table.text("since", 20),
                Table.text("dialect", 7),
                Table.text("doing", MAX_TEXT + 40));
        for (Connection connection : manhole.connections()) {
            List<Session> sessions = connection.sessions();
            if (sessions.isEmpty()) {
                row(table, connection, "", "no session");
            }
            for (Session session : sessions) {
                row(table, connection, session == Session.current() ? "*" : "", doing(session));
            }
        }
        for (KeptSessions.Kept kept : manhole.keptSessions().list()) {
            NreplSession session = kept.session();
            String left = Amounts.time(kept.left().toMillis());
            row(
                    table,
                    session.connection(),
                    session.session() == Session.current() ? "*" : "",
                    "gone; " + session.id() + " stays for " + left + "; " + doing(session.session()));
        }
        return table + "* is you\n";
    }

    private static void row(Table table, Connection connection, String mark, String doing) {
        PeerCredentials peer = connection.credentials();
        table.row(
                mark,
                connection.number(),
                peer.pid() < 0 ? "?" : peer.pid(),
                peer.uid() < 0 ? "?" : peer.uid(),
                connection.since().truncatedTo(ChronoUnit.SECONDS),
                connection.spoken(),
                doing);
    }

    private static String doing(Session session) {
        Session.@Nullable Evaluating evaluating = session.evaluating();
        String leftBehind = session.abandoned() == 0 ? "" : session.abandoned() + " left behind; ";
        return evaluating == null
                ? leftBehind + "idle"
                : leftBehind + "evaluating for "
                        + Amounts.time((System.nanoTime() - evaluating.sinceNanos()) / 1_000_000) + ": "
                        + Printable.line(evaluating.text(), MAX_TEXT);
    }

    /** Ends a connection and what it evaluates. One's own gets to read so before. */
    String kick(long number) {
        for (Connection connection : manhole.connections()) {
            if (connection.number() == number) {
                if (isOwn(connection)) {
                    System.out.print("connection " + number + ", your own, is closed\n");
                    connection.finish();
                    connection.end();
                    throw new ExitSignal();
                }
                connection.end();
                return "connection " + number + ", of " + connection.credentials() + ", is closed\n";
            }
        }
        int left = manhole.keptSessions().endOf(number);
        if (left > 0) {
            return "connection " + number + " was gone already; " + (left == 1 ? "the session" : left + " sessions")
                    + " that it left behind ended\n";
        }
        return "there is no connection " + number + "; sessions() lists those that there are\n";
    }

    private static boolean isOwn(Connection connection) {
        @Nullable Session own = Session.current();
        return own != null && connection.sessions().contains(own);
    }
}
