package io.manhole;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket and the thread that accepts: checks who it is, and starts a connection. Reads nothing from any
 * client. Puts the socket back when somebody removes it.
 */
final class Listener {

    /** After a failed accept, most likely for want of file descriptors. */
    private static final long BACKOFF_MILLIS = 100;

    /**
     * Refused clients keep their connection for a moment: closed at once, one that spoke first would get an error in place
     * of the line that says why.
     */
    private static final int MAX_REFUSED = 8;

    private final Manhole manhole;
    private final SocketFile file;
    private final ProcessUser user;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Object lock = new Object();
    private UnixServer server; // guarded by lock
    private SocketFile.Stat bound; // guarded by lock
    private boolean closed; // guarded by lock
    private final Deque<PeerSocket> refused = new ArrayDeque<>(); // of the listener's thread
    private @Nullable String reportedTrouble; // of the listener's thread

    private Listener(Manhole manhole, SocketFile file, ProcessUser user, UnixServer server, SocketFile.Stat bound) {
        this.manhole = manhole;
        this.file = file;
        this.user = user;
        this.server = server;
        this.bound = bound;
        thread = new Thread(null, this::run, "manhole-listener", 0, false);
        thread.setDaemon(true);
    }

    /** Binds; when this returns clients may connect, and {@link #start} lets them in. */
    static Listener bind(Manhole manhole, SocketFile file, ProcessUser user) throws IOException {
        file.makeWay();
        UnixServer server = bindAt(file);
        try {
            return new Listener(manhole, file, user, server, file.restrict());
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

    void start() {
        thread.start();
    }

    /** Stops accepting and removes the socket, if it is still ours. Idempotent. */
    void close() throws IOException {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            closing.countDown();
            // In this order: junixsocket wakes a thread in accept by connecting to the path, and loses a descriptor if
            // it
            // finds nothing there.
            // Whose the file is must be asked before: afterwards its inode number may be given to another.
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

    void awaitEnd(long millis) throws InterruptedException {
        if (Thread.currentThread() != thread) {
            thread.join(millis);
        }
    }

    private void run() {
        while (true) {
            UnixServer current;
            synchronized (lock) {
                if (closed) {
                    closeRefused();
                    return;
                }
                current = server;
            }
            try {
                PeerSocket accepted = current.accept();
                if (accepted == null) {
                    closeRefused();
                } else {
                    admit(accepted);
                }
                putBackIfGone();
            } catch (Throwable e) { // one failed accept must not end all others
                recover(e);
            }
        }
    }

    private void closeRefused() {
        refused.forEach(PeerSocket::close);
        refused.clear();
    }

    private void admit(PeerSocket socket) {
        PeerCredentials peer = new PeerCredentials(-1, -1, List.of());
        try {
            peer = socket.credentials();
        } catch (IOException e) {
            manhole.listeners().failed("asking for the credentials of a client", e);
        }
        @Nullable String objection = user.objection(peer);
        if (objection == null) {
            manhole.connect(peer, socket);
        } else {
            refuse(socket, peer, objection);
        }
    }

    private void refuse(PeerSocket socket, PeerCredentials peer, String objection) {
        try {
            byte[] line = ("manhole: refused: " + objection + "\n").getBytes(StandardCharsets.UTF_8);
            // The socket's buffer is empty, so this cannot wait for the client.
            socket.write(line, 0, line.length);
            socket.shutdownOutput();
            refused.add(socket);
        } catch (IOException e) {
            socket.close(); // gone already
        }
        if (refused.size() > MAX_REFUSED) {
            refused.remove().close();
        }
        FlightEvents.rejected(peer, objection);
        manhole.listeners().tell(listener -> listener.rejected(peer, objection));
    }

    /** Somebody cleans up /tmp, or unlinked us by mistake: listen again under the same name, if that is free. */
    private void putBackIfGone() throws IOException {
        synchronized (lock) {
            if (closed || file.isStill(bound) || !file.isGone()) {
                return;
            }
            UnixServer replacement = bindAt(file);
            SocketFile.Stat stat;
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
        }
        manhole.listeners().tell(listener -> listener.listening(file.path()));
    }

    private void recover(Throwable trouble) {
        synchronized (lock) {
            if (closed) {
                return;
            }
        }
        try {
            putBackIfGone();
        } catch (IOException e) {
            trouble.addSuppressed(e);
        }
        String description = trouble.toString();
        if (!description.equals(reportedTrouble)) {
            reportedTrouble = description;
            manhole.listeners().failed("accepting a connection", trouble);
        }
        try {
            boolean unused = closing.await(BACKOFF_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; if somebody does, it goes on sooner.
        }
    }
}
