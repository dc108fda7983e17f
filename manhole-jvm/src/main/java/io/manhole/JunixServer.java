package io.manhole;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/** The usual server: junixsocket tells the peer's pid, uid and groups, and a hang-up from a half-close. */
final class JunixServer implements UnixServer {

    private static final int ACCEPT_TIMEOUT_MILLIS = 5_000;

    /** The accepting thread is woken within a moment, or not at all: its socket file is gone, or it is out of descriptors. */
    private static final int WAKE_MILLIS = 500;

    private final AFUNIXServerSocket server;
    private final AFUNIXSocketAddress address;
    private final ReentrantLock accepting = new ReentrantLock();
    private volatile boolean closing;

    private JunixServer(AFUNIXServerSocket server, AFUNIXSocketAddress address) {
        this.server = server;
        this.address = address;
    }

    static JunixServer bind(Path path) throws IOException {
        AFUNIXServerSocket server = AFUNIXServerSocket.newInstance();
        try {
            // With the default, binding would unlink whatever lies at the path, a live socket included.
            server.setReuseAddress(false);
            // The file is ours to remove, and only if it is still the one we bound.
            server.setDeleteOnClose(false);
            AFUNIXSocketAddress address = AFUNIXSocketAddress.of(path);
            server.bind(address);
            server.setSoTimeout(ACCEPT_TIMEOUT_MILLIS);
            return new JunixServer(server, address);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public @Nullable PeerSocket accept() throws IOException {
        accepting.lock();
        try {
            AFUNIXSocket accepted = server.accept();
            if (closing) {
                accepted.close();
                throw new SocketException("closed");
            }
            return new Peer(accepted);
        } catch (SocketTimeoutException e) {
            return null;
        } finally {
            accepting.unlock();
        }
    }

    /**
     * Wakes the accepting thread with a connection, and closes when it is awake: closing under a thread in accept loses a
     * descriptor each time (junixsocket 2.11.1 leaves the one open that it fails to connect).
     */
    @Override
    public void close() throws IOException {
        closing = true;
        boolean awake = accepting.tryLock();
        try {
            if (!awake) {
                wake();
                awake = accepting.tryLock(WAKE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            server.close();
            if (awake) {
                accepting.unlock();
            }
        }
    }

    private void wake() {
        try {
            AFUNIXSocket.connectTo(address).close();
        } catch (IOException e) {
            // The file is gone: then it is the close that wakes.
        }
    }

    private static final class Peer implements PeerSocket {

        private final AFUNIXSocket socket;
        private final InputStream in;
        private final OutputStream out;

        Peer(AFUNIXSocket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        @Override
        public PeerCredentials credentials() throws IOException {
            AFUNIXSocketCredentials credentials = socket.getPeerCredentials();
            if (credentials == null) {
                return new PeerCredentials(-1, -1, List.of());
            }
            long[] gids = credentials.getGids();
            return new PeerCredentials(
                    credentials.getPid(),
                    credentials.getUid(),
                    gids == null ? List.of() : Arrays.stream(gids).boxed().toList());
        }

        @Override
        public int read(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException {
            socket.setSoTimeout(timeoutMillis);
            try {
                return in.read(buffer, offset, length);
            } catch (SocketTimeoutException e) {
                return 0;
            }
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
        }

        @Override
        public void shutdownOutput() throws IOException {
            // The channel's: the socket's own throws on JDK 25.
            socket.getChannel().shutdownOutput();
        }

        @Override
        public boolean hungUp() {
            try {
                return socket.checkConnectionClosed();
            } catch (IOException e) {
                return true;
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed; that was all we wanted.
            }
        }
    }
}
