package io.manhole;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The verbose log: one line an event, {@code Manhole[pid:time]: message}. */
final class VerboseLog implements ManholeListener {

    /** Takes one line, without a line end. */
    @FunctionalInterface
    interface Destination {
        void line(String line) throws IOException;
    }

    /** Whatever System.err is at the time. A class, since a lambda costs a starting process milliseconds. */
    static final class StandardError implements Destination {
        @Override
        public void line(String line) {
            System.err.println(line);
        }
    }

    private final Destination destination;
    private final boolean evaluations;

    VerboseLog(Destination destination, boolean evaluations) {
        this.destination = destination;
        this.evaluations = evaluations;
    }

    /** One write a line, so that lines of several threads do not mix. */
    static Destination to(Appendable appendable) {
        return line -> appendable.append(line + System.lineSeparator());
    }

    static Destination to(System.Logger logger, System.Logger.Level level) {
        return line -> logger.log(level, line);
    }

    /** Opened for each line: nothing stays open, and a file that was rotated away is begun again. */
    static Destination to(Path file) {
        return line -> Files.writeString(
                file, line + System.lineSeparator(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void listening(SocketAddress address) {
        log("listening at " + address);
    }

    @Override
    public void stopped(SocketAddress address) {
        log("stopped listening at " + address);
    }

    @Override
    public void accepted(long connection, PeerCredentials peer) {
        log("connection " + connection + " from " + peer);
    }

    @Override
    public void rejected(PeerCredentials peer, String reason) {
        log("refused a connection from " + peer + ": " + reason);
    }

    /** Only where the lines are all that there is to see: {@link ConnectionHandler#EXEC}. */
    @Override
    public void evaluated(long connection, PeerCredentials peer, String text, String outcome, Duration duration) {
        if (evaluations) {
            log("connection " + connection + " ran: " + text + " (" + outcome + ")");
        }
    }

    @Override
    public void closed(long connection, PeerCredentials peer) {
        log("connection " + connection + " ended");
    }

    @Override
    public void sessionKept(long connection, PeerCredentials peer, Duration time) {
        log("a session of connection " + connection + " stays for " + Amounts.time(time.toMillis()));
    }

    @Override
    public void sessionAttached(long connection, PeerCredentials peer, long earlier) {
        log("connection " + connection + " has gone back to a session of connection " + earlier);
    }

    @Override
    public void sessionEnded(long connection, PeerCredentials peer) {
        log("the session that connection " + connection + " had left ended");
    }

    @Override
    public void warning(String message) {
        log(message);
    }

    @Override
    public void failed(String what, Throwable cause) {
        log(what + ": " + cause);
    }

    private void log(String message) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try {
            destination.line("Manhole[" + ProcessHandle.current().pid() + ":" + now + "]: " + message);
        } catch (IOException e) {
            // A log that cannot be written must not disturb what it reports on.
        }
    }
}
