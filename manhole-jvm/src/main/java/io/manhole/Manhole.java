package io.manhole;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
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

    private static final AtomicReference<@Nullable Manhole> INSTALLED = new AtomicReference<>();

    private final ManholeOptions options;
    private final Listeners listeners;
    private final Engines engines;
    private final FlightEvents flightEvents;
    private final SocketFile file;
    private final Listener listener;
    private final Thread shutdownHook;
    private final Object lock = new Object();
    private final Set<Connection> connections = new LinkedHashSet<>(); // guarded by lock
    private long connectionNumbers; // guarded by lock
    private boolean closed; // guarded by lock

    private Manhole(ManholeOptions options) throws IOException {
        this.options = options;
        listeners = options.listeners();
        engines = new Engines(this, options.locals(), applicationLoader(options), listeners);
        flightEvents = new FlightEvents(options.auditSource());
        ProcessUser user = ProcessUser.current();
        options.checkAudit();
        file = new SocketFile(options.socketPath(), user);
        listener = Listener.bind(this, file, user);
        shutdownHook = new Thread(null, this::removeSocket, "manhole-shutdown", 0, false);
    }

    private static ClassLoader applicationLoader(ManholeOptions options) {
        @Nullable ClassLoader loader = options.classLoader();
        if (loader == null) {
            loader = Thread.currentThread().getContextClassLoader();
        }
        return loader == null ? Manhole.class.getClassLoader() : loader;
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
     * Installs a manhole. When this returns, the socket is in place and clients may connect. Blocks for some tens of
     * milliseconds the first time, while the native library is loaded, and hardly at all after that.
     *
     * @param options how it behaves
     * @return the manhole, which stays installed whether or not the result is kept
     * @throws AlreadyInstalledException if there is one and the options are strict
     * @throws IOException if the socket cannot be had; the message says what was found at the path, which is left alone
     *     unless it was a dead socket of this user. Nothing is left behind, and a manhole that was to be replaced is gone.
     */
    public static synchronized Manhole install(ManholeOptions options) throws IOException {
        @Nullable Manhole previous = INSTALLED.get();
        if (previous != null) {
            if (options.strict()) {
                throw new AlreadyInstalledException(previous.socketPath());
            }
            previous.close();
        }
        Manhole manhole = new Manhole(options);
        manhole.start();
        INSTALLED.set(manhole);
        return manhole;
    }

    private void start() throws IOException {
        try {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            listener.close();
            throw new IOException("the process is shutting down: no manhole is installed any more", e);
        }
        listener.start();
        listeners.tell(each -> each.listening(file.path()));
    }

    /**
     * Where clients connect.
     *
     * @return an absolute path
     */
    public Path socketPath() {
        return file.path();
    }

    /**
     * Undoes the installation: the socket is removed, connections are closed, evaluations interrupted, threads ended,
     * standard streams put back. Waits for that for up to five seconds in all; an evaluation that does not stop is left
     * behind on its daemon thread, its output discarded. Idempotent; may be called by evaluated code.
     *
     * @throws IOException if the socket could not be removed; all else is done nevertheless
     */
    @Override
    public void close() throws IOException {
        List<Connection> open;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            open = new ArrayList<>(connections);
        }
        INSTALLED.compareAndSet(this, null);
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // Shutting down: the hook runs, and finds nothing left to do.
        }
        try {
            listener.close();
        } finally {
            open.forEach(Connection::abort);
            awaitEnd(open);
            listeners.tell(each -> each.stopped(file.path()));
        }
    }

    private void awaitEnd(List<Connection> open) {
        long deadline = System.nanoTime() + CLOSE_MILLIS * 1_000_000;
        try {
            listener.awaitEnd(CLOSE_MILLIS);
            for (Connection connection : open) {
                connection.awaitEnd(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeSocket() {
        try {
            listener.close();
        } catch (IOException e) {
            listeners.failed("removing the socket " + file.path(), e);
        }
        connections().forEach(Connection::processEnds);
    }

    // ---- what the parts need of each other ----

    ManholeOptions options() {
        return options;
    }

    Listeners listeners() {
        return listeners;
    }

    Engines engines() {
        return engines;
    }

    FlightEvents flightEvents() {
        return flightEvents;
    }

    /** Those that are open at the moment, oldest first. */
    List<Connection> connections() {
        synchronized (lock) {
            return List.copyOf(connections);
        }
    }

    void connect(PeerCredentials peer, PeerSocket socket) {
        Connection connection;
        synchronized (lock) {
            if (closed) {
                socket.close();
                return;
            }
            connection = new Connection(this, ++connectionNumbers, peer, socket);
            connections.add(connection);
        }
        connection.start();
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
