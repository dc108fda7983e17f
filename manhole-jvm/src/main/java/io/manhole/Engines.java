package io.manhole;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the engine and opens it; where there is none, or it fails, there is still {@link CommandRepl}. */
final class Engines {
    /** What the option calls the prompt without an engine. */
    static final String NONE = "none";

    /** The JDK promises no end to the errors of a file that cannot be read. */
    private static final int BROKEN_LIMIT = 100;

    private final Manhole manhole;
    private final Map<String, @Nullable Object> locals;
    private final @Nullable String wanted;
    private final ApplicationLoader application;
    private final Listeners listeners;
    private final @Nullable SharedNamespace shared;
    private final Duration keepAlive;
    private volatile @Nullable ReplProvider used;

    Engines(Manhole manhole, ManholeOptions options, ApplicationLoader application, Listeners listeners) {
        this.manhole = manhole;
        locals = options.locals();
        wanted = options.engine();
        shared = options.sharedNamespace() ? new SharedNamespace(this) : null;
        keepAlive = options.engineKeepAlive();
        this.application = application;
        this.listeners = listeners;
    }

    /** The engine's name, or {@code none}. */
    String name() {
        @Nullable ReplProvider provider = find();
        return provider == null ? NONE : provider.name();
    }

    /** The REPL of a session: its own, or its part of the one that all share. */
    Repl open(Session session) {
        return shared == null ? open(() -> session) : shared.join(session);
    }

    /** Opens a REPL; never fails: there is always the prompt without an engine. */
    Repl open(Supplier<Session> session) {
        ClassLoader loader = application.get();
        LoaderSwitch engine = new LoaderSwitch(loader, locals);
        List<ReplCommand> commands = Commands.all(manhole, engine);
        @Nullable ReplProvider provider = find();
        if (provider == null) {
            return new CommandRepl(commands, whyNone(session));
        }
        @Nullable String lack = lack(provider);
        if (lack != null && !(provider instanceof JavaReplProvider) && JavaReplProvider.isAvailable()) {
            ReplProvider smaller = new JavaReplProvider();
            if (lack(smaller) == null) {
                session.get().warn("here is Java instead: " + lack);
                return open(engine, loader, new Opening(smaller, commands, session));
            }
        }
        if (lack != null) {
            session.get().warn("here are commands only: " + lack);
            return new CommandRepl(commands, lack);
        }
        return open(engine, loader, new Opening(provider, commands, session));
    }

    private static @Nullable String lack(ReplProvider provider) {
        long bytes = provider.heapBytes();
        return HeapRoom.has(bytes) ? null : HeapRoom.lack(provider.name(), bytes);
    }

    private Repl open(LoaderSwitch engine, ClassLoader loader, Opening opening) {
        try {
            used = opening.provider;
            engine.open(loader, opening);
            return engine;
        } catch (Exception | LinkageError e) {
            String name = opening.provider.name();
            listeners.failed("opening the engine " + name, e);
            String reason = "the engine " + name + " could not be opened: " + e.getMessage();
            opening.session.get().warn(reason);
            return new CommandRepl(opening.commands, reason);
        }
    }

    /** After the last session has ended. */
    void close() {
        if (shared != null) {
            shared.close();
        }
        @Nullable ReplProvider last = used;
        if (last != null) {
            last.release();
        }
    }

    private @Nullable ReplProvider find() {
        if (wanted == null) {
            @Nullable ReplProvider found = offered(loader -> firstIn(loader));
            return found == null && JavaReplProvider.isAvailable() ? new JavaReplProvider() : found;
        }
        if (wanted.equals(NONE)) {
            return null;
        }
        @Nullable
        ReplProvider found = offered(loader -> providersIn(loader).stream()
                .filter(provider -> provider.name().equals(wanted))
                .findFirst()
                .orElse(null));
        boolean isJava = found == null && wanted.equals(JavaReplProvider.NAME) && JavaReplProvider.isAvailable();
        return isJava ? new JavaReplProvider() : found;
    }

    /** The application's loader first; the agent's engine, or a container's, is beside this class. JShell is the JDK's. */
    private @Nullable ReplProvider offered(Function<@Nullable ClassLoader, @Nullable ReplProvider> lookUp) {
        ClassLoader loader = application.get();
        @Nullable ReplProvider found = knowsUs(loader) ? lookUp.apply(loader) : null;
        return found == null ? lookUp.apply(Engines.class.getClassLoader()) : found;
    }

    private String whyNone(Supplier<Session> session) {
        String kotlin = "add manhole-kotlin-repl to the class path for Kotlin";
        if (wanted == null) {
            return "there is no engine to evaluate this: " + kotlin + ", or for Java " + JavaReplProvider.HOW_TO_GET;
        }
        if (wanted.equals(NONE)) {
            return "nothing is evaluated here: this manhole was installed with the engine 'none'; help() lists the commands";
        }
        String reason = "there is no engine '" + wanted + "' here; there are " + String.join(", ", names());
        if (wanted.equals("kotlin") || wanted.equals("jsr223")) {
            reason += "; " + kotlin;
        } else if (wanted.equals(JavaReplProvider.NAME)) {
            reason += "; for Java, " + JavaReplProvider.HOW_TO_GET;
        }
        session.get().warn(reason);
        return reason;
    }

    /** What the option may say here. */
    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        Function<@Nullable ClassLoader, @Nullable ReplProvider> collect = loader -> {
            providersIn(loader).forEach(provider -> names.add(provider.name()));
            return null;
        };
        @Nullable ReplProvider unused = offered(collect);
        if (JavaReplProvider.isAvailable()) {
            names.add(JavaReplProvider.NAME);
        }
        names.add(NONE);
        return names;
    }

    /** An application may carry a manhole of its own, whose engines are nothing to one that an agent brought. */
    private static boolean knowsUs(ClassLoader loader) {
        try {
            return Class.forName(ReplProvider.class.getName(), false, loader) == ReplProvider.class;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private @Nullable ReplProvider firstIn(@Nullable ClassLoader loader) {
        try {
            return ServiceLoader.load(ReplProvider.class, loader).findFirst().orElse(null);
        } catch (ServiceConfigurationError e) {
            listeners.failed("looking for an engine", e);
            return null;
        }
    }

    /** Engines of one session, for whichever loader it chooses. */
    private final class Opening implements LoaderSwitch.Opening {

        private final ReplProvider provider;
        private final List<ReplCommand> commands;
        private final Supplier<Session> session;

        Opening(ReplProvider provider, List<ReplCommand> commands, Supplier<Session> session) {
            this.provider = provider;
            this.commands = commands;
            this.session = session;
        }

        @Override
        public Repl open(ClassLoader loader) throws Exception {
            return provider.open(new Context(locals, commands, loader, keepAlive, session));
        }

        @Override
        public void failed(ClassLoader loader, Throwable cause) {
            String what = "opening the engine " + provider.name() + " for " + LoaderList.describe(loader);
            listeners.failed(what, cause);
            session.get().warn(what + " failed, so that the loader stays as it was: " + cause.getMessage());
        }
    }

    /** All that can be made: one that is broken does not hide the next. */
    private List<ReplProvider> providersIn(@Nullable ClassLoader loader) {
        List<ReplProvider> providers = new ArrayList<>();
        Iterator<ReplProvider> found =
                ServiceLoader.load(ReplProvider.class, loader).iterator();
        for (int broken = 0; broken < BROKEN_LIMIT; ) {
            try {
                if (!found.hasNext()) {
                    break;
                }
                providers.add(found.next());
            } catch (ServiceConfigurationError e) {
                broken++;
                listeners.failed("looking for the engine " + wanted, e);
            }
        }
        return providers;
    }

    private record Context(
            Map<String, @Nullable Object> bindings,
            List<ReplCommand> commands,
            ClassLoader classLoader,
            Duration engineKeepAlive,
            Supplier<Session> session)
            implements ReplContext {
        @Override
        public @Nullable Object call(Callable<? extends @Nullable Object> code) throws Exception {
            return session.get().call(code);
        }

        @Override
        public void print(@Nullable Object value) {
            Session.print(value);
        }

        @Override
        public void warn(String message) {
            session.get().warn(message);
        }
    }
}
