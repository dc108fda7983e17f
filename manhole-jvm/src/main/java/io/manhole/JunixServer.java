package io.manhole;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/** The usual server: junixsocket tells the peer's pid, uid and groups, and a hang-up from a half-close. */
final class JunixServer implements UnixServer {

    private static final int ACCEPT_TIMEOUT_MILLIS = 5_000;

    private final AFUNIXServerSocket server;

    private JunixServer(AFUNIXServerSocket server) {
        this.server = server;
    }

    /** False where the native library cannot load: an exotic platform, a read-only or noexec file system, a denied agent. */
    static boolean isSupported() {
        try {
            return AFUNIXSocket.isSupported();
        } catch (LinkageError e) {
            return false;
        }
    }

    static JunixServer bind(Path path) throws IOException {
        AFUNIXServerSocket server = AFUNIXServerSocket.newInstance();
        try {
            // With the default, binding would unlink whatever lies at the path, a live socket included.
            server.setReuseAddress(false);
            server.bind(AFUNIXSocketAddress.of(path));
            server.setSoTimeout(ACCEPT_TIMEOUT_MILLIS);
            return new JunixServer(server);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public @Nullable PeerSocket accept() throws IOException {
        try {
            return new Peer(server.accept());
        } catch (SocketTimeoutException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
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
                return new PeerCredentials(-1, -1, java.util.List.of());
            }
            long[] gids = credentials.getGids();
            return new PeerCredentials(
                    credentials.getPid(),
                    credentials.getUid(),
                    gids == null
                            ? java.util.List.of()
                            : Arrays.stream(gids).boxed().toList());
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
