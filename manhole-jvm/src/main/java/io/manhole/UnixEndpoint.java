package io.manhole;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/** The unix domain socket: for this process's user and root. Put back when somebody removes it. */
final class UnixEndpoint implements Endpoint {

    private final SocketFile file;
    private final ProcessUser user;
    private final Dialect dialect;
    private final Object lock = new Object();
    private UnixServer server; // guarded by lock
    private FileStat bound; // guarded by lock
    private boolean closed; // guarded by lock

    private UnixEndpoint(SocketFile file, ProcessUser user, Dialect dialect, UnixServer server, FileStat bound) {
        this.file = file;
        this.user = user;
        this.dialect = dialect;
        this.server = server;
        this.bound = bound;
    }

    /** Binds; when this returns clients may connect. */
    static UnixEndpoint bind(ManholeOptions options, ProcessUser user) throws IOException {
        SocketFile file = new SocketFile(options.socketPath());
        file.makeWay(user);
        UnixServer server = bindAt(file);
        try {
            return new UnixEndpoint(file, user, options.dialect(), server, file.restrict());
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static UnixServer bindAt(SocketFile file) throws IOException {
        try {
            return UnixServer.bind(file.path());
        } catch (IOException e) {
            throw new IOException("cannot bind a socket at " + file.path() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public SocketAddress address() {
        return UnixDomainSocketAddress.of(file.path());
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public @Nullable PeerSocket accept() throws IOException {
        UnixServer current;
        synchronized (lock) {
            if (closed) {
                throw new SocketException("closed");
            }
            current = server;
        }
        return current.accept();
    }

    @Override
    public @Nullable String objection(PeerCredentials peer) {
        return user.objection(peer);
    }

    /** Somebody cleans up /tmp, or unlinked us by mistake: listens again under the same name, if that is free. */
    @Override
    public boolean repair() throws IOException {
        synchronized (lock) {
            if (closed || file.isStill(bound) || !file.isGone()) {
                return false;
            }
            UnixServer replacement = bindAt(file);
            FileStat stat;
            try {
                stat = file.restrict();
            } catch (IOException | RuntimeException e) {
                replacement.close();
                throw e;
            }
            UnixServer old = server;
            server = replacement;
            bound = stat;
            old.close();
            return true;
        }
    }

    /** Removes the socket, if it is still ours. */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            // In this order: junixsocket wakes a thread in accept by connecting to the path, and loses a descriptor if
            // it
            // finds nothing there. Whose the file is must be asked before: afterwards its inode number may be given to
            // another.
            boolean ours = file.isStill(bound);
            try {
                server.close();
            } finally {
                if (ours) {
                    file.remove(bound);
                }
            }
        }
    }
}
