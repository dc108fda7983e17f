package io.manhole;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/**
 * Installs a manhole without touching the application's code: {@code java -javaagent:manhole-jvm.jar=activateOn=USR1 ...}.
 *
 * <p>Options are written as for {@link ManholeOptions.Builder#parse}; those in the environment variable {@code MANHOLE}
 * come first, those after {@code =} override them. A mistake is one line on System.err, and the application runs on.
 *
 * <p>For the VM to call. The instrumentation that it offers is not used: nothing is transformed.
 */
public final class Agent {

    static final String ENVIRONMENT = "MANHOLE";

    private Agent() {}

    /**
     * Called before the application's {@code main}.
     *
     * @param arguments options; null for none
     * @param instrumentation not used
     */
    public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
        agentmain(arguments, instrumentation);
    }

    /**
     * Called when the agent is loaded into a running process.
     *
     * @param arguments options; null for none
     * @param instrumentation not used
     */
    public static void agentmain(@Nullable String arguments, Instrumentation instrumentation) {
        @Nullable String environment = System.getenv(ENVIRONMENT);
        Manhole unused = install(environment == null ? "" : environment, arguments);
    }

    /**
     * Installs, or says in one line why not.
     *
     * @param environment options; null for nothing to be installed
     * @param arguments more of them, which come after
     */
    static @Nullable Manhole install(@Nullable String environment, @Nullable String arguments) {
        if (environment == null) {
            return null;
        }
        String source = "the environment variable " + ENVIRONMENT;
        try {
            ManholeOptions.Builder options = ManholeOptions.builder().parse(environment);
            if (arguments != null) {
                source = "the agent's options";
                options.parse(arguments);
            }
            return Manhole.install(options.build());
        } catch (IllegalArgumentException e) {
            System.err.println("manhole: not installed: " + source + ": " + line(e));
        } catch (IOException | RuntimeException | LinkageError e) {
            System.err.println("manhole: not installed: " + line(e));
        }
        return null;
    }

    /** Its message, on one line. */
    private static String line(Throwable trouble) {
        @Nullable String message = trouble.getMessage();
        return message == null || message.isBlank() ? trouble.toString() : message.replaceAll("\\R", " ");
    }
}
