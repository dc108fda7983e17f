package io.manhole;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the engine and opens it; where there is none, or it fails, there is still {@link CommandRepl}. */
final class Engines {

    private final Manhole manhole;
    private final Map<String, @Nullable Object> locals;
    private final ApplicationLoader application;
    private final Listeners listeners;
    private final @Nullable SharedNamespace shared;
    private final Duration keepAlive;
    private volatile @Nullable ReplProvider used;

    Engines(Manhole manhole, ManholeOptions options, ApplicationLoader application, Listeners listeners) {
        this.manhole = manhole;
        locals = options.locals();
        shared = options.sharedNamespace() ? new SharedNamespace(this) : null;
        keepAlive = options.engineKeepAlive();
        this.application = application;
        this.listeners = listeners;
    }

    /** The engine's name, or {@code none}. */
    String name() {
        @Nullable ReplProvider provider = find();
        return provider == null ? "none" : provider.name();
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
            return new CommandRepl(
                    commands,
                    "there is no engine to evaluate this: add manhole-kotlin-repl to the class path for Kotlin, or for Java "
                            + JavaReplProvider.HOW_TO_GET);
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

    /** The application's loader first; the agent's engine, or a container's, is beside this class. JShell is the JDK's. */
    private @Nullable ReplProvider find() {
        ClassLoader loader = application.get();
        @Nullable ReplProvider found = knowsUs(loader) ? findIn(loader) : null;
        if (found == null) {
            found = findIn(Engines.class.getClassLoader());
        }
        return found == null && JavaReplProvider.isAvailable() ? new JavaReplProvider() : found;
    }

    /** An application may carry a manhole of its own, whose engines are nothing to one that an agent brought. */
    private static boolean knowsUs(ClassLoader loader) {
        try {
            return Class.forName(ReplProvider.class.getName(), false, loader) == ReplProvider.class;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private @Nullable ReplProvider findIn(@Nullable ClassLoader loader) {
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
