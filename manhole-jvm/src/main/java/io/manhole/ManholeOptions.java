package io.manhole;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a manhole behaves; immutable. {@code ManholeOptions.builder().local("orders", orders).build()}.
 *
 * <p>Nothing is opened, started or checked against the file system before {@link Manhole#install(ManholeOptions)}.
 */
public final class ManholeOptions {

    /** A snippet of 1 MB and its neighbours fit, a runaway pipe does not. */
    private static final int DEFAULT_MAX_INPUT_BYTES = 4 << 20;

    private final Path socketPath;
    private final Map<String, @Nullable Object> locals;
    private final boolean strict;
    private final VerboseLog.@Nullable Destination log;
    private final @Nullable String banner;
    private final boolean daemonConnection;
    private final boolean redirectStderr;
    private final ConnectionHandler connectionHandler;
    private final Dialect dialect;
    private final int maxInputBytes;
    private final @Nullable ClassLoader classLoader;
    private final List<ManholeListener> listeners;
    private final VerboseLog.@Nullable Destination audit;
    private final boolean auditSource;

    private ManholeOptions(Builder builder) {
        socketPath = builder.socketPath;
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

    Path socketPath() {
        return socketPath;
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
        return connectionHandler;
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

    Listeners listeners() {
        List<ManholeListener> all = new ArrayList<>();
        if (log != null) {
            all.add(new VerboseLog(log, connectionHandler == ConnectionHandler.EXEC));
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

        private Path socketPath = SocketFile.defaultPath();
        private final Map<String, @Nullable Object> locals = new LinkedHashMap<>();
        private boolean strict = true;
        private boolean verbose = true;
        private VerboseLog.Destination log = line -> System.err.println(line);
        private @Nullable String banner;
        private boolean daemonConnection;
        private boolean redirectStderr = true;
        private ConnectionHandler connectionHandler = ConnectionHandler.REPL;
        private Dialect dialect = Dialect.AUTO;
        private int maxInputBytes = DEFAULT_MAX_INPUT_BYTES;
        private @Nullable ClassLoader classLoader;
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
         */
        public ManholeOptions build() {
            return new ManholeOptions(this);
        }
    }
}
