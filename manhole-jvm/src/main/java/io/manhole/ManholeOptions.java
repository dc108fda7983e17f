package io.manhole;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How a manhole behaves; immutable. {@code ManholeOptions.builder().local("orders", orders).build()}.
 *
 * <p>Nothing is opened, started or checked against the file system before {@link Manhole#install(ManholeOptions)}.
 */
public final class ManholeOptions {

    /** A snippet of 1 MB and its neighbours fit, a runaway pipe does not. */
    private static final int DEFAULT_MAX_INPUT_BYTES = 4 << 20;

    private final @Nullable Path socketPath;
    private final @Nullable String activateOn;
    private final @Nullable String oneshotOn;
    private final @Nullable Path triggerFile;
    private final boolean thread;
    private final Duration bindDelay;
    private final Duration reinstallDelay;
    private final @Nullable InetSocketAddress bindAddress;
    private final Dialect bindDialect;
    private final @Nullable TlsStores tls;
    private final @Nullable String engine;
    private final @Nullable Duration evalTimeout;
    private final Duration engineKeepAlive;
    private final Duration sessionKeepAlive;
    private final boolean sharedNamespace;
    private final @Nullable Executor executor;
    private final boolean mirrorOutput;
    private final List<String> notes;
    private final Map<String, @Nullable Object> locals;
    private final boolean strict;
    private final VerboseLog.@Nullable Destination log;
    private final @Nullable String banner;
    private final boolean daemonConnection;
    private final boolean redirectStderr;
    private final @Nullable ConnectionHandler connectionHandler;
    private final Dialect dialect;
    private final int maxInputBytes;
    private final @Nullable ClassLoader classLoader;
    private final boolean installedByAgent;
    private final List<ManholeListener> listeners;
    private final VerboseLog.@Nullable Destination audit;
    private final boolean auditSource;

    private ManholeOptions(Builder builder) {
        socketPath = builder.socketPath;
        activateOn = builder.activateOn;
        oneshotOn = builder.oneshotOn;
        triggerFile = builder.triggerFile;
        thread = builder.thread;
        bindDelay = builder.bindDelay;
        reinstallDelay = builder.reinstallDelay;
        bindAddress = builder.bindAddress;
        bindDialect = builder.bindDialect;
        // Asked here, so that without TLS its class need not be loaded by a dormant manhole.
        tls = builder.keyStore == null && builder.trustStore == null
                ? null
                : TlsStores.of(builder.keyStore, builder.trustStore);
        engine = builder.engine;
        evalTimeout = builder.evalTimeout;
        engineKeepAlive = builder.engineKeepAlive;
        sessionKeepAlive = builder.sessionKeepAlive;
        sharedNamespace = builder.sharedNamespace;
        executor = builder.executor;
        mirrorOutput = builder.mirrorOutput;
        notes = List.copyOf(builder.notes);
        locals = Collections.unmodifiableMap(new LinkedHashMap<>(builder.locals));
        strict = builder.strict;
        log = builder.verbose ? builder.log : null;
        banner = builder.banner;
        daemonConnection = builder.daemonConnection;
        redirectStderr = builder.redirectStderr;
        connectionHandler = builder.connectionHandler;
        dialect = builder.dialect;
        maxInputBytes = builder.maxInputBytes;
        classLoader = builder.classLoader;
        installedByAgent = builder.installedByAgent;
        listeners = List.copyOf(builder.listeners);
        audit = builder.audit;
        auditSource = builder.auditSource;
    }

    /**
     * Options with every value at its default.
     *
     * @return never null
     */
    public static ManholeOptions defaults() {
        return builder().build();
    }

    /**
     * A new builder with every value at its default.
     *
     * @return never null
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Throws if no socket could ever be bound at the path. */
    void checkSocketPath() throws IOException {
        if (socketPath != null) { // the default is in order, and asking for the pid takes a starting process 20 ms
            new SocketFile(socketPath).check();
        }
    }

    /** The default has the pid in it, which a process restored from a checkpoint may have a new one of. */
    Path socketPath() {
        return socketPath == null ? SocketFile.defaultPath() : socketPath;
    }

    @Nullable
    String activateOn() {
        return activateOn;
    }

    @Nullable
    String oneshotOn() {
        return oneshotOn;
    }

    @Nullable
    Path triggerFile() {
        return triggerFile;
    }

    /** Whether clients are to be let in as soon as it is installed, rather than when something triggers that. */
    boolean opensAtOnce() {
        return thread && activateOn == null && oneshotOn == null && triggerFile == null;
    }

    Duration bindDelay() {
        return bindDelay;
    }

    Duration reinstallDelay() {
        return reinstallDelay;
    }

    @Nullable
    InetSocketAddress bindAddress() {
        return bindAddress;
    }

    Dialect bindDialect() {
        return bindDialect;
    }

    @Nullable
    TlsStores tls() {
        return tls;
    }

    /** Null for the one that is found first. */
    @Nullable
    String engine() {
        return engine;
    }

    @Nullable
    Duration evalTimeout() {
        return evalTimeout;
    }

    Duration engineKeepAlive() {
        return engineKeepAlive;
    }

    Duration sessionKeepAlive() {
        return sessionKeepAlive;
    }

    boolean sharedNamespace() {
        return sharedNamespace;
    }

    @Nullable
    Executor executor() {
        return executor;
    }

    boolean mirrorOutput() {
        return mirrorOutput;
    }

    /** What the user should know about the options; one line each. */
    List<String> notes() {
        return notes;
    }

    Map<String, @Nullable Object> locals() {
        return locals;
    }

    boolean strict() {
        return strict;
    }

    @Nullable
    String banner() {
        return banner;
    }

    boolean daemonConnection() {
        return daemonConnection;
    }

    boolean redirectStderr() {
        return redirectStderr;
    }

    ConnectionHandler connectionHandler() {
        return connectionHandler == null ? ConnectionHandler.REPL : connectionHandler;
    }

    Dialect dialect() {
        return dialect;
    }

    int maxInputBytes() {
        return maxInputBytes;
    }

    @Nullable
    ClassLoader classLoader() {
        return classLoader;
    }

    /** Whether the thread that installs is none of the application's, so that its class loader says nothing. */
    boolean installedByAgent() {
        return installedByAgent;
    }

    Listeners listeners() {
        List<ManholeListener> all = new ArrayList<>();
        if (log != null) {
            all.add(new VerboseLog(log, connectionHandler != null && connectionHandler == ConnectionHandler.EXEC));
        }
        all.addAll(listeners);
        if (audit != null) {
            all.add(new AuditLog(audit, auditSource, new Listeners(all)));
        }
        return new Listeners(all);
    }

    boolean auditSource() {
        return auditSource;
    }

    /** Throws if the audit log is a file that cannot be written, or must not be. */
    void checkAudit() throws IOException {
        if (audit instanceof AuditFile file) {
            file.check();
        }
    }

    /** Collects options; not safe for use by several threads. Every method returns this builder. */
    public static final class Builder {

        private @Nullable Path socketPath;
        private @Nullable String activateOn;
        private @Nullable String oneshotOn;
        private @Nullable Path triggerFile;
        private boolean thread = true;
        private Duration bindDelay = Duration.ZERO;
        private Duration reinstallDelay = Duration.ZERO;
        private @Nullable InetSocketAddress bindAddress;
        private Dialect bindDialect = Dialect.AUTO;
        private TlsStores.@Nullable Store keyStore;
        private TlsStores.@Nullable Store trustStore;
        private @Nullable String engine;
        private @Nullable Duration evalTimeout;
        private Duration engineKeepAlive = Duration.ofSeconds(60);
        private Duration sessionKeepAlive = Duration.ofMinutes(10);
        private boolean sharedNamespace;
        private @Nullable Executor executor;
        private boolean mirrorOutput;
        private final List<String> notes = new ArrayList<>();
        private final Map<String, @Nullable Object> locals = new LinkedHashMap<>();
        private boolean strict = true;
        private boolean verbose = true;
        private VerboseLog.Destination log = new VerboseLog.StandardError();
        private @Nullable String banner;
        private boolean daemonConnection;
        private boolean redirectStderr = true;
        private @Nullable ConnectionHandler connectionHandler; // null: REPL, of which nothing need be loaded yet
        private Dialect dialect = Dialect.AUTO;
        private int maxInputBytes = DEFAULT_MAX_INPUT_BYTES;
        private @Nullable ClassLoader classLoader;
        private boolean installedByAgent;
        private final List<ManholeListener> listeners = new ArrayList<>();
        private VerboseLog.@Nullable Destination audit;
        private boolean auditSource;

        private Builder() {}

        /**
         * Where the socket is; {@code /tmp/manhole-<pid>} by default. The folder must exist, and nobody but its owner may
         * be able to replace what lies in it: a folder that everybody may write to needs its sticky bit.
         *
         * @param path at most 106 bytes long; a relative path is taken from the working directory
         * @return this builder
         */
        public Builder socketPath(Path path) {
            socketPath = path.toAbsolutePath().normalize();
            return this;
        }

        /**
         * Stays dormant until a signal arrives: no socket and no thread before that. The signal opens the manhole for good,
         * and does nothing while it is open. A handler that the application has for the signal is called first, and put back
         * by {@link Manhole#close}.
         *
         * @param signal a name with or without SIG, such as {@code USR1}, or a number
         * @return this builder
         * @throws IllegalArgumentException if this system has no such signal; one that the VM keeps to itself (QUIT, ILL,
         *     FPE, KILL, SEGV, STOP) fails at {@code install}
         */
        public Builder activateOn(String signal) {
            activateOn = VmSignal.name(signal);
            return this;
        }

        /**
         * Stays dormant until a signal arrives, which opens the manhole for exactly one client; then all is gone again, until
         * the next signal. May be combined with {@link #activateOn} on another signal.
         *
         * @param signal as for {@link #activateOn}
         * @return this builder
         * @throws IllegalArgumentException as for {@link #activateOn}
         */
        public Builder oneshotOn(String signal) {
            oneshotOn = VmSignal.name(signal);
            return this;
        }

        /**
         * Stays dormant until the pid of this process is written into a file, which opens the manhole for exactly one client,
         * like {@link #oneshotOn}. The file need not exist, nor its folder; several processes may watch the same one. A pid
         * that is in the file already counts if it was written since this process started. Who may write the file may open
         * the manhole, and gets no further than any other client.
         *
         * <p>Costs a daemon thread, {@code manhole-trigger}, which looks at the file when its folder changes, and otherwise
         * every two seconds.
         *
         * @param file a path; a relative one is taken from the working directory
         * @return this builder
         */
        public Builder triggerFile(Path file) {
            triggerFile = file.toAbsolutePath().normalize();
            return this;
        }

        /**
         * Whether {@code install} opens the manhole (the default), or leaves that to {@link Manhole#start} and
         * {@link Manhole#handleOneshot}.
         *
         * @param thread false to stay dormant until one of these is called
         * @return this builder
         */
        public Builder thread(boolean thread) {
            this.thread = thread;
            return this;
        }

        /**
         * Opens the manhole so long after {@code install}, which returns at once. What goes wrong then is told to the
         * {@link ManholeListener}. Zero by default: open when {@code install} returns.
         *
         * @param delay not negative
         * @return this builder
         */
        public Builder bindDelay(Duration delay) {
            bindDelay = notNegative("bindDelay", delay);
            return this;
        }

        /**
         * How long a process that was restored from a CRaC checkpoint waits before it opens the manhole again, which was
         * closed for the checkpoint. Zero by default. Matters only where {@code org.crac} is on the class path.
         *
         * @param delay not negative
         * @return this builder
         */
        public Builder reinstallDelay(Duration delay) {
            reinstallDelay = notNegative("reinstallDelay", delay);
            return this;
        }

        /**
         * Listens on TCP as well, in any dialect; see {@link #bindAddress(InetSocketAddress, Dialect)}.
         *
         * @param address where
         * @return this builder
         */
        public Builder bindAddress(InetSocketAddress address) {
            return bindAddress(address, Dialect.AUTO);
        }

        /**
         * Listens on TCP as well as on the unix domain socket. On a loopback address the user of each client is looked up in
         * the kernel's table of connections, and must be this process's or root; that needs Linux. Any other address is
         * refused by {@code install}, unless clients have to show a certificate: {@link #keyStore} and {@link #trustStore}.
         *
         * @param address an address of this machine; port 0 takes a free one, which {@link Manhole#address()} tells, anew
         *     each time that the manhole is opened
         * @param dialect what is spoken there
         * @return this builder
         */
        public Builder bindAddress(InetSocketAddress address, Dialect dialect) {
            bindAddress = Objects.requireNonNull(address);
            bindDialect = Objects.requireNonNull(dialect);
            return this;
        }

        /**
         * Speaks TLS on TCP, and shows clients the certificate in this file, so that they know who is there; goes with
         * {@link #trustStore}. Read each time that the manhole is opened. The certificates decide who may connect then, on a
         * loopback address too; no user is looked up.
         *
         * @param file a PKCS12 or JKS key store, with the private key and its certificate; nobody else should be able to read
         *     it
         * @param password the password of the store and of the key; copied
         * @return this builder
         */
        public Builder keyStore(Path file, char[] password) {
            keyStore = new TlsStores.Store(file, password);
            return this;
        }

        /**
         * Who may connect over TLS: whoever has the private key of a certificate that is in this file, or that an authority
         * in this file has signed. There is no list of revoked ones: take out who may no longer connect. Goes with
         * {@link #keyStore}.
         *
         * @param file a PKCS12 or JKS key store with certificates; nobody else must be able to write it, and Java's own list
         *     of public authorities is refused
         * @param password the password of the store; copied
         * @return this builder
         */
        public Builder trustStore(Path file, char[] password) {
            trustStore = new TlsStores.Store(file, password);
            return this;
        }

        /**
         * What evaluates: {@code kotlin} or {@code jsr223}, both with manhole-kotlin-repl on the class path; {@code java}, the
         * JDK's own JShell; the {@linkplain io.manhole.repl.ReplProvider#name name} of an engine of the application's own; or
         * {@code none} for a prompt that knows the commands and evaluates nothing. By default the engine that is found
         * first, and Java if there is none. Looked for when a client comes: where there is no such engine, that client is
         * told which there are.
         *
         * @param name letters and digits
         * @return this builder
         */
        public Builder engine(String name) {
            if (name.isEmpty() || !name.chars().allMatch(Character::isLetterOrDigit)) {
                throw new IllegalArgumentException(
                        "'" + name + "' is no engine's name: kotlin, jsr223, java, none, or what"
                                + " the ReplProvider of another engine says, in letters and digits");
            }
            engine = name;
            return this;
        }

        /**
         * The longest that an evaluation may take. It is interrupted then as by Ctrl-C, the client is told so, and has the
         * prompt back. No limit by default.
         *
         * @param timeout longer than nothing
         * @return this builder
         */
        public Builder evalTimeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("an evalTimeout of " + timeout + " would let nothing be evaluated");
            }
            evalTimeout = timeout;
            return this;
        }

        /**
         * How long the engine stays in memory after its last session, so that whoever comes next need not wait for it: scripts
         * that call again and again. The Kotlin compiler takes some 40 MB of heap. It goes at once all the same when the heap is
         * three quarters full, and when the manhole is closed. 60 seconds by default.
         *
         * @param keepAlive zero to give it back with the last session
         * @return this builder
         */
        public Builder engineKeepAlive(Duration keepAlive) {
            if (keepAlive.isNegative()) {
                throw new IllegalArgumentException("an engineKeepAlive of " + keepAlive + " is less than nothing");
            }
            engineKeepAlive = keepAlive;
            return this;
        }

        /**
         * The longest that a session may stay when its connection ends, for its client to come back to: what was declared in
         * it, and what it is evaluating. Sessions stay only if their client asks for it ({@code manhole-cli --keep}, or the
         * nREPL field {@code manhole/keep}), eight at most, and while the manhole is open. Only the user who opened one, and root,
         * may go back to it. Its output is kept meanwhile up to a limit. A session that stays does not keep the process alive, but
         * the engine in memory. 10 minutes by default.
         *
         * @param sessionKeepAlive 24 hours at most; zero: every session ends with its connection
         * @return this builder
         */
        public Builder sessionKeepAlive(Duration sessionKeepAlive) {
            if (sessionKeepAlive.isNegative() || sessionKeepAlive.compareTo(Duration.ofHours(24)) > 0) {
                throw new IllegalArgumentException(
                        "a sessionKeepAlive of " + sessionKeepAlive + " is not between none and 24 hours");
            }
            this.sessionKeepAlive = sessionKeepAlive;
            return this;
        }

        /**
         * Whether all sessions share one namespace, so that what one declares the others see, also later ones; by default
         * each has its own. Only one session evaluates at a time then, and the engine stays in memory from the first client
         * on until the manhole is closed.
         *
         * @param sharedNamespace true to share
         * @return this builder
         */
        public Builder sharedNamespace(boolean sharedNamespace) {
            this.sharedNamespace = sharedNamespace;
            return this;
        }

        /**
         * Evaluates on an executor of the application's: its event loop, {@code SwingUtilities::invokeLater}. An evaluation
         * holds up whatever else runs there, so an {@link #evalTimeout} is wise. By default each session has its own thread.
         *
         * @param executor runs the evaluations; while it does, standard output of its thread goes to the client
         * @return this builder
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor);
            return this;
        }

        /**
         * Whether sessions also see what the application itself writes to System.out and System.err, from the time they
         * connect. The application is never held up: what a client does not read in time is left out, and the client told
         * so. False by default.
         *
         * @param mirrorOutput true to show it
         * @return this builder
         */
        public Builder mirrorOutput(boolean mirrorOutput) {
            this.mirrorOutput = mirrorOutput;
            return this;
        }

        /**
         * Applies options written as text, as in the environment variable {@code MANHOLE} and in the agent's arguments:
         * {@code activateOn=USR1,socketPath=/run/app/manhole.sock}. A comma within a value is written {@code \,}.
         *
         * @param text options, possibly none
         * @return this builder, which keeps what other options it has
         * @throws IllegalArgumentException if an option is unknown or its value is wrong; the message is one line, for the
         *     user
         */
        public Builder parse(String text) {
            OptionText.apply(this, text);
            return this;
        }

        private static Duration notNegative(String option, Duration delay) {
            if (delay.isNegative()) {
                throw new IllegalArgumentException(option + " " + delay + " is negative");
            }
            return delay;
        }

        void verboseDestination(VerboseLog.Destination destination) {
            log = destination;
        }

        Builder installedByAgent() {
            installedByAgent = true;
            return this;
        }

        void note(String note) {
            notes.add(note);
        }

        /**
         * An object at hand in every session under a name.
         *
         * @param name a Java identifier; it may be a keyword of the prompt's language
         * @param value the live object, not a copy; null is allowed
         * @return this builder
         * @throws IllegalArgumentException if the name is not an identifier
         */
        public Builder local(String name, @Nullable Object value) {
            boolean identifier = !name.isEmpty()
                    && Character.isJavaIdentifierStart(name.charAt(0))
                    && name.chars().allMatch(Character::isJavaIdentifierPart);
            if (!identifier) {
                throw new IllegalArgumentException("not an identifier, so nothing could refer to it: '" + name + "'");
            }
            locals.put(name, value);
            return this;
        }

        /**
         * Adds all entries, each as with {@link #local}.
         *
         * @param locals values by name
         * @return this builder
         */
        public Builder locals(Map<String, ? extends @Nullable Object> locals) {
            locals.forEach(this::local);
            return this;
        }

        /**
         * Whether a second {@code install} fails (the default), or replaces the first manhole, whose connections are closed.
         *
         * @param strict true to fail with {@link AlreadyInstalledException}
         * @return this builder
         */
        public Builder strict(boolean strict) {
            this.strict = strict;
            return this;
        }

        /**
         * Whether connections, refusals and troubles are logged; true by default.
         *
         * @param verbose false for silence
         * @return this builder
         */
        public Builder verbose(boolean verbose) {
            this.verbose = verbose;
            return this;
        }

        /**
         * Where the log lines go; to what {@code System.err} is at the time, by default.
         *
         * @param destination a PrintStream, a Writer, a StringBuffer; written to by several threads, a line at a time
         * @return this builder
         */
        public Builder verboseDestination(Appendable destination) {
            log = VerboseLog.to(Objects.requireNonNull(destination));
            return this;
        }

        /**
         * Sends the log lines to a logger.
         *
         * @param logger the logger
         * @param level the level of every line
         * @return this builder
         */
        public Builder verboseDestination(System.Logger logger, System.Logger.Level level) {
            log = VerboseLog.to(logger, level);
            return this;
        }

        /**
         * The text between the stack dump and the first prompt; by default it names the process, its main class and the
         * locals.
         *
         * @param banner one or more lines; empty for none
         * @return this builder
         */
        public Builder banner(String banner) {
            this.banner = Objects.requireNonNull(banner);
            return this;
        }

        /**
         * Whether the process may end while a client is connected. By default it may not: it stays until the last client
         * has left, unless {@code System.exit} or a signal ends it.
         *
         * @param daemonConnection true to let it end
         * @return this builder
         */
        public Builder daemonConnection(boolean daemonConnection) {
            this.daemonConnection = daemonConnection;
            return this;
        }

        /**
         * Whether what evaluated code writes to {@code System.err} goes to the client (the default), or stays in the
         * application.
         *
         * @param redirectStderr false to leave it
         * @return this builder
         */
        public Builder redirectStderr(boolean redirectStderr) {
            this.redirectStderr = redirectStderr;
            return this;
        }

        /**
         * What happens on a connection: {@link ConnectionHandler#REPL} by default.
         *
         * @param handler REPL, EXEC or the application's own
         * @return this builder
         */
        public Builder connectionHandler(ConnectionHandler handler) {
            connectionHandler = Objects.requireNonNull(handler);
            return this;
        }

        /**
         * What the REPL handler speaks: {@link Dialect#AUTO} by default.
         *
         * @param dialect one of the two, to save plain clients the 30 ms of waiting for the other
         * @return this builder
         */
        public Builder dialect(Dialect dialect) {
            this.dialect = Objects.requireNonNull(dialect);
            return this;
        }

        /**
         * The longest line, and the longest nREPL message, that a client may send; 4 MiB by default.
         *
         * @param maxInputBytes in bytes, at least 1024
         * @return this builder
         */
        public Builder maxInputBytes(int maxInputBytes) {
            if (maxInputBytes < 1024) {
                throw new IllegalArgumentException("maxInputBytes " + maxInputBytes + " < 1024");
            }
            this.maxInputBytes = maxInputBytes;
            return this;
        }

        /**
         * Through which loader evaluated code sees the application; by default the context class loader of the thread that
         * installs, or else the loader of this class.
         *
         * <p>An agent, which comes before the application, takes what the main thread's context class loader is when a client
         * comes or, when that thread has ended, the loader below the system's that most threads have.
         *
         * @param classLoader the application's loader
         * @return this builder
         */
        public Builder classLoader(ClassLoader classLoader) {
            this.classLoader = Objects.requireNonNull(classLoader);
            return this;
        }

        /**
         * Adds one who is told what happens.
         *
         * @param listener see there for threads and duties
         * @return this builder
         */
        public Builder listener(ManholeListener listener) {
            listeners.add(Objects.requireNonNull(listener));
            return this;
        }

        /**
         * Keeps an audit log in a file: a line for each client accepted, rejected or closed, and for each evaluation, with
         * process and user of the client. Lines are appended. Texts that come from a client cannot begin another line.
         *
         * <p>The file is created with mode 0600. One that exists must be a regular file of the process's user, not a
         * symbolic link, with one name only, which others may neither read nor write; its group may read it. Otherwise
         * {@code install} fails, and leaves it alone. The file is opened for each line, so it may be rotated by renaming.
         * If it cannot be written later, {@link ManholeListener#failed} says so once, and nothing else changes.
         *
         * @param file in a folder that exists; a relative path is taken from the working directory. It replaces an earlier
         *     {@code audit}.
         * @return this builder
         */
        public Builder audit(Path file) {
            audit = new AuditFile(file.toAbsolutePath().normalize());
            return this;
        }

        /**
         * Sends the lines of the audit log to a logger; see {@link #audit(Path)}.
         *
         * @param logger called by the manhole's threads
         * @param level of every line
         * @return this builder
         */
        public Builder audit(System.Logger logger, System.Logger.Level level) {
            audit = VerboseLog.to(Objects.requireNonNull(logger), Objects.requireNonNull(level));
            return this;
        }

        /**
         * Whether the audit log, and the events of the JDK's Flight Recorder, hold what was evaluated, up to 4096 chars of
         * each text; false by default, since it may be secret. Its length is always there.
         *
         * @param auditSource true to keep it
         * @return this builder
         */
        public Builder auditSource(boolean auditSource) {
            this.auditSource = auditSource;
            return this;
        }

        /**
         * The options as they stand.
         *
         * @return an immutable copy
         * @throws ConfigurationConflictException if one signal is to do two things, or of {@link #bindAddress},
         *     {@link #keyStore} and {@link #trustStore} one is missing that another needs
         */
        public ManholeOptions build() {
            if (activateOn != null && activateOn.equals(oneshotOn)) {
                throw ConfigurationConflictException.because("the signal " + activateOn
                        + " cannot open the manhole for good (activateOn) and for one client (oneshotOn); take another for"
                        + " one of them");
            }
            if (bindAddress == null && (keyStore != null || trustStore != null)) {
                throw ConfigurationConflictException.because(
                        "keyStore and trustStore are for TLS on TCP: give a bindAddress as well, or neither of them");
            }
            return new ManholeOptions(this);
        }
    }
}
