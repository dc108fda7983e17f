package io.manhole;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Who did what: one line for each connection that was accepted, rejected or closed, one for each evaluation, and one for each
 * session that outlives its connection, goes on at another one, or ends without.
 *
 * <p>A line has fields {@code name=value} that are the manhole's own, and texts of others in quotes, escaped, so that
 * nothing a client sends can begin another line or another field.
 */
final class AuditLog implements ManholeListener {

    /** As much of a snippet is kept. */
    static final int MAX_SOURCE = 4096;

    private final VerboseLog.Destination destination;
    private final boolean withSource;
    private final Listeners others;
    private final AtomicBoolean reported = new AtomicBoolean();

    /** @param others those who are told, once, if the log cannot be written */
    AuditLog(VerboseLog.Destination destination, boolean withSource, Listeners others) {
        this.destination = destination;
        this.withSource = withSource;
        this.others = others;
    }

    @Override
    public void accepted(long connection, PeerCredentials peer) {
        write("accepted", " connection=" + connection + who(peer));
    }

    @Override
    public void rejected(PeerCredentials peer, String reason) {
        write("rejected", who(peer) + " reason=" + Printable.quoted(reason, MAX_SOURCE));
    }

    @Override
    public void evaluated(long connection, PeerCredentials peer, String text, String outcome, Duration duration) {
        write(
                "evaluated",
                " connection=" + connection + who(peer)
                        + " outcome=" + outcome.replace(' ', '-')
                        + " micros=" + duration.toNanos() / 1_000
                        + " length=" + text.length()
                        + (withSource ? " source=" + Printable.quoted(text, MAX_SOURCE) : ""));
    }

    @Override
    public void closed(long connection, PeerCredentials peer) {
        write("closed", " connection=" + connection + who(peer));
    }

    @Override
    public void sessionKept(long connection, PeerCredentials peer, Duration time) {
        write("session-kept", " connection=" + connection + who(peer) + " seconds=" + time.toSeconds());
    }

    @Override
    public void sessionAttached(long connection, PeerCredentials peer, long earlier) {
        write("session-attached", " connection=" + connection + who(peer) + " earlier=" + earlier);
    }

    @Override
    public void sessionEnded(long connection, PeerCredentials peer) {
        write("session-ended", " connection=" + connection + who(peer));
    }

    private static String who(PeerCredentials peer) {
        return " pid=" + (peer.pid() < 0 ? "?" : Long.toString(peer.pid())) + " uid="
                + (peer.uid() < 0 ? "?" : Long.toString(peer.uid()));
    }

    private void write(String event, String fields) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try {
            destination.line(now + " process=" + ProcessHandle.current().pid() + " " + event + fields);
            reported.set(false); // written again: the next trouble is another one
        } catch (IOException | RuntimeException e) {
            if (!reported.getAndSet(true)) {
                others.failed("writing the audit log", e);
            }
        }
    }
}
