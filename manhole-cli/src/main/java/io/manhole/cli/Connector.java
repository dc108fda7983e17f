package io.manhole.cli;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.NoSuchFileException;
import java.time.Duration;

/** Finds its way to an open session, or says why there is none. */
final class Connector {

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 200;
    private static final int MAX_PLAIN_GREETINGS = 5;

    private final Target target;
    private final ServerCheck check;
    private final Handshake handshake;
    private final Duration patience;
    private final Duration handshakeLimit;

    /**
     * @param patience how long to go on trying while nobody listens
     * @param handshakeLimit how long a server that was reached may take to answer
     */
    Connector(Target target, User self, Duration patience, Duration handshakeLimit) {
        this.target = target;
        this.check = new ServerCheck(target, self);
        this.handshake = new Handshake(target);
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
            } catch (NoSuchFileException | ConnectException e) {
                long leftMillis = patience.minusNanos(System.nanoTime() - start).toMillis();
                if (leftMillis <= 0) {
                    throw noServer(e);
                }
                Thread.sleep(Math.min(pauseMillis, leftMillis));
                pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private Session attempt() throws IOException, ClientException {
        User expected = check.checkFile();
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        TimeLimit limit = TimeLimit.closing(channel, handshakeLimit);
        Session session = null;
        try {
            connect(channel, expected);
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

    private void connect(SocketChannel channel, User expected) throws IOException, ClientException {
        try {
            channel.connect(UnixDomainSocketAddress.of(target.socket()));
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains("Permission denied")) {
                throw check.permissionDenied(expected);
            }
            if (message.contains("No such file")) {
                throw (IOException) new NoSuchFileException(target.socket().toString()).initCause(e);
            }
            throw e;
        }
    }

    private ClientException noServer(IOException e) {
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
            return unconnected("what listens at " + target.socket() + " gave no answer within "
                    + handshakeLimit.toMillis() / 1000.0 + " s");
        }
        if (e instanceof EOFException) {
            return unconnected("what listens at " + target.socket() + " closed the connection without an answer");
        }
        return unconnected("cannot connect to " + target.socket() + ": " + e.getMessage());
    }

    private static ClientException unconnected(String message) {
        return new ClientException(ExitStatus.NO_CONNECTION, message);
    }
}
