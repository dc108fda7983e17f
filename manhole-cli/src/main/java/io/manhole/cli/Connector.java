package io.manhole.cli;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Finds its way to an open session, or says why there is none. */
final class Connector {

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 200;
    private static final int MAX_PLAIN_GREETINGS = 5;

    private final User self;
    private final SessionChoice choice;
    private final @Nullable Waking waking;
    private final Duration patience;
    private final Duration handshakeLimit;
    /** Where we are to connect, or where the process was found to listen. */
    private Target target;
    /** For what comes next, nobody has to be woken. */
    private boolean woken;

    /**
     * @param choice which session
     * @param patience how long to go on trying while nobody listens
     * @param handshakeLimit how long a server that was reached may take to answer
     */
    Connector(Target target, User self, SessionChoice choice, Duration patience, Duration handshakeLimit) {
        this(target, self, choice, null, patience, handshakeLimit);
    }

    /** @param waking what to do once if nobody listens, before going on trying */
    Connector(
            Target target,
            User self,
            SessionChoice choice,
            @Nullable Waking waking,
            Duration patience,
            Duration handshakeLimit) {
        this.target = target;
        this.self = self;
        this.choice = choice;
        this.waking = waking;
        this.patience = patience;
        this.handshakeLimit = handshakeLimit;
    }

    /** Connects and opens a session; blocks for the two limits at most. */
    Session connect() throws ClientException, InterruptedException {
        long start = System.nanoTime();
        long pauseMillis = FIRST_PAUSE_MILLIS;
        int plainGreetings = 0;
        while (true) {
            try {
                return attempt();
            } catch (GreetedInPlainException e) {
                plainGreetings++;
                if (plainGreetings == MAX_PLAIN_GREETINGS) {
                    throw notNrepl(e);
                }
                woken = false; // one that was open for us alone is closed now
            } catch (NoSuchFileException | ConnectException e) {
                if (wake()) {
                    start = System.nanoTime();
                }
                long leftMillis = patience.minusNanos(System.nanoTime() - start).toMillis();
                if (leftMillis <= 0 || hasEndedSinceWoken()) {
                    throw noServer(e);
                }
                Thread.sleep(Math.min(pauseMillis, leftMillis));
                pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    /** Does so if nobody has been woken yet. */
    private boolean wake() throws ClientException, InterruptedException {
        if (waking == null || woken) {
            return false;
        }
        woken = true;
        try {
            waking.wake();
        } catch (IOException e) {
            throw unconnected("cannot wake the manhole: " + e.getMessage());
        }
        return true;
    }

    private boolean hasEndedSinceWoken() {
        return woken && target.process() != null && target.process().hasEnded();
    }

    private Session attempt() throws IOException, ClientException {
        if (target.isGuess()) {
            target = target.located()
                    .orElseThrow(() -> new NoSuchFileException(target.socket().toString()));
            return attempt(target);
        }
        try {
            return attempt(target);
        } catch (NoSuchFileException | ConnectException e) {
            Target located = target.located().orElse(target);
            if (located.equals(target)) {
                throw e;
            }
            target = located;
            return attempt(target);
        }
    }

    private Session attempt(Target target) throws IOException, ClientException {
        ServerCheck check = new ServerCheck(target, self);
        Handshake handshake = new Handshake(target, choice);
        User expected = check.checkFile();
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        TimeLimit limit = TimeLimit.closing(channel, handshakeLimit);
        Session session = null;
        try {
            connect(channel, target.socket(), check, expected);
            check.checkPeer(channel, expected);
            session = handshake.perform(channel);
            return session;
        } finally {
            limit.finished();
            if (session == null) {
                channel.close();
            }
        }
    }

    private static void connect(SocketChannel channel, Path socket, ServerCheck check, User expected)
            throws IOException, ClientException {
        try (SocketAddressLink address = SocketAddressLink.to(socket)) {
            channel.connect(address.address());
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains("Permission denied")) {
                throw check.permissionDenied(expected);
            }
            if (message.contains("No such file")) {
                throw (IOException) new NoSuchFileException(socket.toString()).initCause(e);
            }
            throw e;
        }
    }

    private ClientException noServer(IOException e) {
        if (woken && waking != null) {
            if (hasEndedSinceWoken()) {
                return unconnected(target.describeEnd() + " after " + waking.describe());
            }
            return unconnected("no manhole opened within " + seconds(patience) + " s after " + waking.describe() + ": "
                    + target.describeUnwoken());
        }
        return unconnected(
                e instanceof NoSuchFileException ? target.describeMissingSocket() : target.describeDeadSocket());
    }

    private ClientException notNrepl(GreetedInPlainException e) {
        String beginning = String.valueOf(e.getMessage());
        return unconnected("what listens at " + target.socket() + " does not answer in nREPL but with '"
                + beginning.substring(0, Math.min(60, beginning.length())) + "'");
    }

    private ClientException failed(IOException e) {
        if (e instanceof ClosedChannelException) {
            return unconnected(
                    "what listens at " + target.socket() + " gave no answer within " + seconds(handshakeLimit) + " s");
        }
        if (e instanceof EOFException) {
            return unconnected("what listens at " + target.socket() + " closed the connection without an answer");
        }
        return unconnected("cannot connect to " + target.socket() + ": " + e.getMessage());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static ClientException unconnected(String message) {
        return new ClientException(ExitStatus.NO_CONNECTION, message);
    }
}
