package io.manhole;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the engine and opens it; where there is none, or it fails, there is still {@link CommandRepl}. */
final class Engines {

    private final Map<String, @Nullable Object> locals;
    private final ApplicationLoader application;
    private final Listeners listeners;

    Engines(Map<String, @Nullable Object> locals, ApplicationLoader application, Listeners listeners) {
        this.locals = locals;
        this.application = application;
        this.listeners = listeners;
    }

    /** The engine's name, or {@code none}. */
    String name() {
        @Nullable ReplProvider provider = find();
        return provider == null ? "none" : provider.name();
    }

    Repl open(Session session) {
        List<ReplCommand> commands = Commands.all();
        @Nullable ReplProvider provider = find();
        if (provider == null) {
            return new CommandRepl(
                    commands, "there is no engine to evaluate this: add manhole-kotlin-repl to the class path");
        }
        try {
            return provider.open(new Context(locals, commands, application.get(), session));
        } catch (Exception | LinkageError e) {
            listeners.failed("opening the engine " + provider.name(), e);
            String reason = "the engine " + provider.name() + " could not be opened: " + e.getMessage();
            session.warn(reason);
            return new CommandRepl(commands, reason);
        }
    }

    /** The application's loader first; the agent's engine, or a container's, is beside this class. */
    private @Nullable ReplProvider find() {
        ClassLoader loader = application.get();
        @Nullable ReplProvider found = knowsUs(loader) ? findIn(loader) : null;
        return found == null ? findIn(Engines.class.getClassLoader()) : found;
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

    private record Context(
            Map<String, @Nullable Object> bindings,
            List<ReplCommand> commands,
            ClassLoader classLoader,
            Session session)
            implements ReplContext {
        @Override
        public void warn(String message) {
            session.warn(message);
        }
    }
}
