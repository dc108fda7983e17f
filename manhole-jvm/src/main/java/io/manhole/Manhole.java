package io.manhole;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A hatch into this process: a unix domain socket, at which the process's own user and root get a prompt on the live
 * objects.
 *
 * <pre>{@code
 * Manhole.install();                                     // in main(); then: nc -U /tmp/manhole-<pid>
 *
 * Manhole.install(ManholeOptions.builder()
 *         .local("orders", orders)                       // at hand at the prompt, under this name
 *         .build());
 * }</pre>
 *
 * <p>Whoever may connect may do all that the process may. Nobody else gets as far as a single byte: each client's user is
 * asked of the kernel before anything is read or written.
 *
 * <p>All methods may be called from any thread.
 */
public final class Manhole implements AutoCloseable {

    /** How long closing waits for the manhole's threads; an evaluation that does not stop is left behind. */
    private static final long CLOSE_MILLIS = 5_000;

    private static final Object INSTALLED_LOCK = new Object();
    private static @Nullable Manhole installed; // guarded by INSTALLED_LOCK

    private final ManholeOptions options;
    private final Listeners listeners;
    private final ApplicationLoader application;
    private final Triggers triggers;
    private final Object opening = new Object();
    private @Nullable Listening listening; // guarded by opening
    private @Nullable Thread shutdownHook; // guarded by opening
    private @Nullable Thread delayed; // guarded by opening
    private boolean reopens; // guarded by opening: after the checkpoint that is being made

    @SuppressWarnings("UnusedVariable") // kept, since org.crac refers to it weakly
    private @Nullable Object checkpointHook;

    private final Object lock = new Object();
    private final Set<Connection> connections = new LinkedHashSet<>(); // guarded by lock
    private long connectionNumbers; // guarded by lock
    private @Nullable Engines engines; // guarded by lock: there from the first session on
    private @Nullable KeptSessions keptSessions; // guarded by lock: there from the first session on
    private volatile boolean closed; // written under both locks

    private Manhole(ManholeOptions options) {
        this.options = options;
        listeners = options.listeners();
        application = ApplicationLoader.of(options);
        triggers = new Triggers(this, options);
    }

    /**
     * Installs a manhole with {@linkplain ManholeOptions#defaults() default options}: the socket is
     * {@code /tmp/manhole-<pid>}.
     *
     * @return the manhole, which is bound
     * @throws AlreadyInstalledException if there is one
     * @throws IOException if the socket cannot be had; nothing is left behind
     */
    public static Manhole install() throws IOException {
        return install(ManholeOptions.defaults());
    }

    /**
     * Installs a manhole. Unless the options make it a dormant one, the socket is in place and clients may connect when this
     * returns. Blocks for some tens of milliseconds the first time, while the native library is loaded, and hardly at all
     * after that, or for a dormant one.
     *
     * @param options how it behaves
     * @return the manhole, which stays installed whether or not the result is kept
     * @throws AlreadyInstalledException if there is one and the options are strict
     * @throws IllegalArgumentException if the VM keeps a signal of the options to itself, or {@code bindAddress} can be
     *     reached from other machines and clients need not show a certificate
     * @throws IOException if the socket cannot be had; the message says what was found at the path, which is left alone
     *     unless it was a dead socket of this user. Nothing is left behind, and a manhole that was to be replaced is gone.
     */
    public static synchronized Manhole install(ManholeOptions options) throws IOException {
        @Nullable Manhole previous = installed();
        if (previous != null) {
            if (options.strict()) {
                throw AlreadyInstalledException.at(previous.socketPath());
            }
            previous.close();
        }
        Manhole manhole = new Manhole(options);
        manhole.begin();
        synchronized (INSTALLED_LOCK) {
            installed = manhole;
        }
        return manhole;
    }

    private static @Nullable Manhole installed() {
        synchronized (INSTALLED_LOCK) {
            return installed;
        }
    }

    /**
     * Installs a manhole with the options in the environment variable {@code MANHOLE}, written as for
     * {@link ManholeOptions.Builder#parse}. Does nothing if there is no such variable; an empty one installs with default
     * options. Never throws: a mistake in the options, or a socket that cannot be had, is one line on System.err, and the
     * application goes on.
     *
     * @return the manhole, or null if none was installed
     */
    public static @Nullable Manhole installFromEnvironment() {
        return Agent.install(ManholeOptions.builder(), System.getenv(Agent.ENVIRONMENT), null);
    }

    private void begin() throws IOException {
        options.checkAudit();
        for (String note : options.notes()) {
            warn(note);
        }
        if (!options.opensAtOnce()) {
            options.checkSocketPath();
            @Nullable InetSocketAddress address = options.bindAddress();
            if (address != null) {
                TcpEndpoint.check(options, address, this::warn);
            }
        } else if (options.bindDelay().isZero()) {
            start();
        } else {
            startAfter(options.bindDelay());
        }
        triggers.set();
        checkpointHook = hookCheckpoints(this);
    }

    /**
     * Opens the manhole, if it is not open: for one that was installed dormant. When this returns, clients may connect. One
     * that is open for one client stays open for all. May be called from any thread, as often as one likes.
     *
     * @throws IllegalStateException if the manhole was closed
     * @throws IOException as from {@link #install(ManholeOptions)}; the manhole stays dormant
     */
    public void start() throws IOException {
        synchronized (opening) {
            for (@Nullable Listening found = listening; found != null; found = listening) {
                if (found.stay()) {
                    return;
                }
                awaitEndOf(found); // its client has come
            }
            open(false);
        }
    }

    /**
     * Opens the manhole for exactly one client, and returns when that has left. A client that is refused does not count. As
     * soon as the client is in, the socket is gone. Does nothing if the manhole is open already.
     *
     * <p>May be called from any thread, also while the client of an earlier call is still there. Blocks until a client has
     * come and gone, until {@link #start} opens the manhole for all, or until the manhole is closed.
     *
     * @return whether a client was served
     * @throws IllegalStateException if the manhole was closed
     * @throws InterruptedException if the calling thread is interrupted; the socket is gone then, the client disconnected
     * @throws IOException as from {@link #install(ManholeOptions)}; the manhole stays dormant
     */
    public boolean handleOneshot() throws IOException, InterruptedException {
        Listening oneshot;
        synchronized (opening) {
            if (listening != null) {
                return false;
            }
            oneshot = open(true);
        }
        @Nullable Connection client = null;
        try {
            client = oneshot.awaitClient();
            if (client != null) {
                client.awaitEnd(0);
            }
            return client != null;
        } catch (InterruptedException e) {
            oneshot.close();
            if (client != null) {
                client.abort();
            }
            throw e;
        }
    }

    private Listening open(boolean oneshot) throws IOException {
        assert Thread.holdsLock(opening);
        if (closed) {
            throw new IllegalStateException("the manhole was closed; install another");
        }
        boolean hooked = hookShutdown();
        Listening bound;
        try {
            bound = Listening.bind(this, oneshot);
        } catch (IOException | RuntimeException | Error e) {
            if (hooked) {
                unhookShutdown();
            }
            throw e;
        }
        listening = bound;
        try {
            bound.start();
        } catch (RuntimeException | Error e) { // no thread to be had
            bound.close();
            throw e;
        }
        return bound;
    }

    /** Whether it was not hooked before. */
    private boolean hookShutdown() throws IOException {
        assert Thread.holdsLock(opening);
        if (shutdownHook != null) {
            return false;
        }
        Thread hook = new Thread(null, this::removeSocket, "manhole-shutdown", 0, false);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw new IOException("the process is shutting down: no manhole is opened any more", e);
        }
        shutdownHook = hook;
        return true;
    }

    private void unhookShutdown() {
        assert Thread.holdsLock(opening);
        if (shutdownHook != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(shutdownHook);
            } catch (IllegalStateException e) {
                // Shutting down: the hook runs, and finds nothing left to do.
            }
            shutdownHook = null;
        }
    }

    /** Called when a trigger fired; on a thread of the VM's, or of ours. */
    void triggered(String trigger, boolean oneshot) {
        try {
            if (oneshot) {
                boolean unused = handleOneshot();
            } else {
                start();
            }
        } catch (IOException e) {
            listeners.failed("opening the manhole on " + trigger, e);
        } catch (IllegalStateException e) {
            // Closed meanwhile.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void startAfter(Duration delay) {
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        Thread.sleep(delay.toMillis());
                        start();
                    } catch (IOException e) {
                        listeners.failed("opening the manhole after a delay", e);
                    } catch (InterruptedException | IllegalStateException e) {
                        // Closed before the time was up.
                    }
                },
                "manhole-delay",
                0,
                false);
        thread.setDaemon(true);
        synchronized (opening) {
            delayed = thread;
        }
        thread.start();
    }

    /**
     * Where the socket is while the manhole is open.
     *
     * @return an absolute path
     */
    public Path socketPath() {
        return options.socketPath();
    }

    /**
     * Where the manhole listens on TCP, with the port that it got.
     *
     * @return null while it is not open, and if {@link ManholeOptions.Builder#bindAddress} was not given
     */
    public @Nullable InetSocketAddress address() {
        synchronized (opening) {
            if (listening != null) {
                for (Endpoint endpoint : listening.endpoints()) {
                    if (endpoint.address() instanceof InetSocketAddress address) {
                        return address;
                    }
                }
            }
            return null;
        }
    }

    /**
     * Undoes the installation: signals are given back, the socket is removed, connections are closed, evaluations
     * interrupted, threads ended, standard streams put back. Waits for that for up to five seconds in all; an evaluation that
     * does not stop is left behind on its daemon thread, its output discarded. Idempotent; may be called by evaluated code.
     *
     * @throws IOException if the socket could not be removed; all else is done nevertheless
     */
    @Override
    public void close() throws IOException {
        @Nullable Listening last;
        @Nullable Thread waiting;
        synchronized (opening) {
            synchronized (lock) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            last = listening;
            waiting = delayed;
            unhookShutdown();
        }
        synchronized (INSTALLED_LOCK) {
            if (installed == this) {
                installed = null;
            }
        }
        checkpointHook = null;
        if (waiting != null) {
            waiting.interrupt();
        }
        triggers.release();
        try {
            disconnect(last);
        } finally {
            closeEngines();
        }
    }

    private void closeEngines() {
        @Nullable Engines used;
        synchronized (lock) {
            used = engines;
        }
        if (used != null) {
            used.close();
        }
    }

    /** Before a checkpoint: no socket, no client, nothing watched. */
    void suspend() throws IOException {
        @Nullable Listening last;
        synchronized (opening) {
            last = listening;
            reopens = last != null && last.stay();
        }
        triggers.suspend();
        disconnect(last);
    }

    /** After a restore: as before, at a path with the new pid unless the options give one. */
    void resume() {
        boolean reopen;
        synchronized (opening) {
            reopen = reopens && !closed;
            reopens = false;
        }
        if (closed) {
            return;
        }
        triggers.resume();
        if (reopen && !options.reinstallDelay().isZero()) {
            startAfter(options.reinstallDelay());
        } else if (reopen) {
            triggered("a restore from a checkpoint", false);
        }
    }

    private static @Nullable Object hookCheckpoints(Manhole manhole) {
        try {
            Class.forName("org.crac.Resource", false, Manhole.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return null; // as nearly everywhere
        }
        try {
            return CheckpointHook.register(manhole);
        } catch (RuntimeException | LinkageError e) {
            manhole.listeners.failed("registering for checkpoints with org.crac", e);
            return null;
        }
    }

    /** Closes what is open, and waits for the threads to end. */
    private void disconnect(@Nullable Listening last) throws IOException {
        List<Connection> open;
        try {
            if (last != null) {
                last.close();
            }
        } finally {
            synchronized (lock) {
                open = new ArrayList<>(connections);
            }
            open.forEach(Connection::abort);
            awaitEnd(last, open);
        }
    }

    private void awaitEnd(@Nullable Listening last, List<Connection> open) {
        @Nullable KeptSessions kept;
        synchronized (lock) {
            kept = keptSessions;
        }
        long deadline = System.nanoTime() + CLOSE_MILLIS * 1_000_000;
        try {
            if (last != null) {
                last.awaitEnd(CLOSE_MILLIS);
            }
            for (Connection connection : open) {
                connection.awaitEnd(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            }
            if (kept != null) {
                kept.close(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeSocket() {
        @Nullable Listening last;
        synchronized (opening) {
            last = listening;
        }
        try {
            if (last != null) {
                last.close();
            }
        } catch (IOException e) {
            listeners.failed("removing the socket " + socketPath(), e);
        }
        connections().forEach(Connection::processEnds);
        @Nullable KeptSessions kept;
        synchronized (lock) {
            kept = keptSessions;
        }
        if (kept != null) {
            kept.processEnds();
        }
    }

    // ---- what the parts need of each other ----

    ManholeOptions options() {
        return options;
    }

    Listeners listeners() {
        return listeners;
    }

    Engines engines() {
        synchronized (lock) {
            if (engines == null) {
                engines = new Engines(this, options, application, listeners);
            }
            return engines;
        }
    }

    KeptSessions keptSessions() {
        synchronized (lock) {
            if (keptSessions == null) {
                keptSessions = new KeptSessions(this);
            }
            return keptSessions;
        }
    }

    /** Whether clients are let in, so that somebody may come back. */
    boolean isOpen() {
        synchronized (opening) {
            return listening != null && !closed;
        }
    }

    FlightEvents flightEvents() {
        return new FlightEvents(options.auditSource());
    }

    /** Those that are open at the moment, oldest first. */
    List<Connection> connections() {
        synchronized (lock) {
            return List.copyOf(connections);
        }
    }

    void warn(String message) {
        listeners.tell(each -> each.warning(message));
    }

    /** Starts serving a client; null if the manhole was closed meanwhile. */
    @Nullable
    Connection connect(Dialect dialect, PeerCredentials peer, PeerSocket socket) {
        Connection connection;
        synchronized (lock) {
            if (closed) {
                socket.close();
                return null;
            }
            connection = new Connection(this, ++connectionNumbers, dialect, peer, socket);
            connections.add(connection);
        }
        try {
            connection.start();
        } catch (RuntimeException | Error e) { // no thread to be had
            connection.abort();
            ended(connection);
            throw e;
        }
        return connection;
    }

    void ended(Listening ended) {
        synchronized (opening) {
            if (listening == ended) {
                listening = null;
                opening.notifyAll();
            }
        }
    }

    private void awaitEndOf(Listening leaving) throws IOException {
        assert Thread.holdsLock(opening);
        try {
            while (listening == leaving) {
                opening.wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the manhole was closing");
        }
    }

    void ended(Connection connection) {
        synchronized (lock) {
            connections.remove(connection);
        }
    }

    /** The text between the stack dump and the first prompt. */
    String banner() {
        @Nullable String banner = options.banner();
        if (banner != null) {
            return banner.isEmpty() || banner.endsWith("\n") ? banner : banner + "\n";
        }
        String objects = options.locals().isEmpty()
                ? ""
                : "Objects: " + String.join(", ", options.locals().keySet()) + ". ";
        return "\nProcess " + ProcessHandle.current().pid() + ", " + ProcessDescription.main() + ", Java "
                + System.getProperty("java.version") + ". " + objects
                + "help() lists the commands, exit() leaves.\n(ManholeConsole)\n";
    }
}
