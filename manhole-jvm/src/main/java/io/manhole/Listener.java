package io.manhole;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The thread that accepts at one endpoint: checks who it is, and lets it in or not. Reads nothing from any client. */
final class Listener {

    /** After a failed accept, most likely for want of file descriptors. */
    private static final long BACKOFF_MILLIS = 100;

    /**
     * Refused clients keep their connection for a moment: closed at once, one that spoke first would get an error in place
     * of the line that says why.
     */
    private static final int MAX_REFUSED = 8;

    private final Listening listening;
    private final Endpoint endpoint;
    private final Listeners listeners;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Deque<PeerSocket> refused = new ArrayDeque<>(); // of the listener's thread
    private @Nullable String reportedTrouble; // of the listener's thread

    Listener(Listening listening, Endpoint endpoint, Listeners listeners, String threadName) {
        this.listening = listening;
        this.endpoint = endpoint;
        this.listeners = listeners;
        thread = new Thread(null, this::run, threadName, 0, false);
        thread.setDaemon(true);
    }

    Endpoint endpoint() {
        return endpoint;
    }

    void start() {
        thread.start();
    }

    /** Stops accepting, and leaves nothing of the endpoint. Idempotent. */
    void close() throws IOException {
        closing.countDown();
        endpoint.close();
    }

    void awaitEnd(long millis) throws InterruptedException {
        if (Thread.currentThread() != thread) {
            thread.join(millis);
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void run() {
        while (!isClosing()) {
            try {
                PeerSocket accepted = endpoint.accept();
                if (accepted == null) {
                    closeRefused();
                } else {
                    admit(accepted);
                }
                repair();
            } catch (Throwable e) { // one failed accept must not end all others
                recover(e);
            }
        }
        closeRefused();
    }

    private void closeRefused() {
        refused.forEach(PeerSocket::close);
        refused.clear();
    }

    private void admit(PeerSocket socket) {
        PeerCredentials peer = PeerCredentials.unknown();
        try {
            peer = socket.credentials();
        } catch (IOException e) {
            listeners.failed("asking for the credentials of a client", e);
        }
        @Nullable String objection = endpoint.objection(peer);
        if (objection == null) {
            listening.admit(endpoint, peer, socket);
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
        PeerCredentials who = peer;
        FlightEvents.rejected(who, objection);
        listeners.tell(listener -> listener.rejected(who, objection));
    }

    private void repair() throws IOException {
        if (endpoint.repair()) {
            listeners.tell(listener -> listener.listening(endpoint.address()));
        }
    }

    private void recover(Throwable trouble) {
        if (isClosing()) {
            return;
        }
        try {
            repair();
        } catch (IOException e) {
            trouble.addSuppressed(e);
        }
        String description = trouble.toString();
        if (!description.equals(reportedTrouble)) {
            reportedTrouble = description;
            listeners.failed("accepting a connection", trouble);
        }
        try {
            boolean unused = closing.await(BACKOFF_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; if somebody does, it goes on sooner.
        }
    }
}
