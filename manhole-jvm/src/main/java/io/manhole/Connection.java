package io.manhole;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One client whose credentials were checked; what a {@link ConnectionHandler} serves. */
public final class Connection {

    /** How long a client may read nothing at all before what is left for it is given up. */
    private static final long PATIENCE_MILLIS = 10_000;

    /** How long a client that is turned away may take to read why. */
    private static final long FAREWELL_MILLIS = 1_000;

    private final Manhole manhole;
    private final long number;
    private final Dialect dialect;
    private final PeerCredentials credentials;
    private final PeerSocket socket;
    private final ConnectionInput input;
    private final ConnectionOutput output;
    private final Thread reader;
    private final Thread writer;
    private final Instant since = Instant.now();
    private final List<Session> sessions = new CopyOnWriteArrayList<>();
    private volatile String spoken = "-";
    private volatile boolean kicked;

    Connection(Manhole manhole, long number, Dialect dialect, PeerCredentials credentials, PeerSocket socket) {
        this.manhole = manhole;
        this.dialect = dialect;
        this.number = number;
        this.credentials = credentials;
        this.socket = socket;
        input = new ConnectionInput(socket, this::refuse);
        output = new ConnectionOutput(socket);
        // Without inheriting thread locals: nothing of whoever installed us is kept alive by a connection.
        reader = new Thread(null, this::run, "manhole-connection-" + number, 0, false);
        reader.setDaemon(manhole.options().daemonConnection());
        writer = new Thread(null, this::write, "manhole-output-" + number, 0, false);
        writer.setDaemon(true);
    }

    /**
     * Who is at the other end.
     *
     * @return as the kernel recorded it when the client connected, or as the client's certificate says
     */
    public PeerCredentials credentials() {
        return credentials;
    }

    /**
     * What the client sends. For one thread; reads block and ignore interrupts, until the connection is closed.
     *
     * @return a stream that need not be closed
     */
    public InputStream input() {
        return input;
    }

    /**
     * What goes to the client. Any thread may write. A write returns when the bytes have a place in a bounded queue, from
     * which they are sent at once, and waits for that, interruptibly, while the client does not read.
     *
     * @return a stream that needs no flushing, and need not be closed
     */
    public OutputStream output() {
        return output.asStream();
    }

    Manhole manhole() {
        return manhole;
    }

    long number() {
        return number;
    }

    /** What may be spoken; AUTO is for the handler to find out. */
    Dialect dialect() {
        return dialect;
    }

    void start() {
        writer.start();
        reader.start();
    }

    ConnectionInput bufferedInput() {
        return input;
    }

    ConnectionOutput queue() {
        return output;
    }

    void print(String text) throws IOException {
        output.put(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean hungUp() {
        return socket.hungUp();
    }

    Instant since() {
        return since;
    }

    /** What is spoken on it: {@code plain}, {@code nrepl}, {@code exec}, or a dash. */
    String spoken() {
        return spoken;
    }

    void speaks(String spoken) {
        this.spoken = spoken;
    }

    void opened(Session session) {
        sessions.add(session);
    }

    void ended(Session session) {
        sessions.remove(session);
    }

    List<Session> sessions() {
        return List.copyOf(sessions);
    }

    void evaluated(String text, String outcome, Duration duration) {
        manhole.listeners().tell(listener -> listener.evaluated(number, credentials, text, outcome, duration));
    }

    /** The process ends: of what is being evaluated there will be nothing else to say. */
    void processEnds() {
        sessions.forEach(Session::processEnds);
    }

    /** Whether somebody had it ended, with all that belongs to it. */
    boolean isKicked() {
        return kicked;
    }

    /** Closes the connection now, as {@link #abort()} does, and interrupts what is evaluated for it. */
    void end() {
        kicked = true; // before its thread notices the end
        abort();
        sessions.forEach(Session::close);
    }

    /** Sends what is still queued, for as long as the client reads it, and closes the connection. Idempotent. */
    void finish() {
        output.finish();
        try {
            output.awaitDrained(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }

    /** Closes the connection now; what is queued is lost. */
    void abort() {
        socket.close();
        output.finish();
    }

    void awaitEnd(long millis) throws InterruptedException {
        if (Thread.currentThread() != reader) {
            reader.join(millis);
        }
    }

    private void run() {
        Listeners listeners = manhole.listeners();
        @Nullable ConnectionEvent event = FlightEvents.beginConnection();
        try {
            listeners.tell(listener -> listener.accepted(number, credentials));
            manhole.options().connectionHandler().handle(this);
        } catch (IOException e) {
            // The client is gone, or the manhole was closed: the usual end of a connection.
        } catch (Throwable e) { // nothing of ours may reach the application's handler of uncaught exceptions
            listeners.failed("connection " + number, e);
        } finally {
            finish();
            manhole.ended(this);
            FlightEvents.endConnection(event, number, credentials);
            listeners.tell(listener -> listener.closed(number, credentials));
        }
    }

    /**
     * Turned away after all, for what it sent. Waits until it has hung up, or for a moment: closed at once, with something
     * unread, the connection might lose the line that says why.
     */
    private void refuse(String reason) {
        manhole.listeners().tell(listener -> listener.rejected(credentials, reason));
        long deadline = System.nanoTime() + FAREWELL_MILLIS * 1_000_000;
        try {
            boolean unused = output.offer(("manhole: refused: " + reason + "\n").getBytes(StandardCharsets.UTF_8));
            if (output.awaitDrained(FAREWELL_MILLIS)) {
                socket.shutdownOutput();
                byte[] discarded = new byte[8 << 10];
                while (System.nanoTime() - deadline < 0
                        && socket.read(discarded, 0, discarded.length, (int) FAREWELL_MILLIS) >= 0) {
                    // Never mind what it is.
                }
            }
        } catch (IOException e) {
            // The client is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            output.writeAll();
        } catch (Throwable e) { // as above
            manhole.listeners().failed("writing to connection " + number, e);
            socket.close();
        }
    }
}
