package io.manhole;

import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.security.CodeSource;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Installs a manhole without touching the application's code: {@code java -javaagent:manhole-jvm.jar=activateOn=USR1 ...}.
 *
 * <p>Options are written as for {@link ManholeOptions.Builder#parse}; those in the environment variable {@code MANHOLE}
 * come first, those after {@code =} override them. A mistake is one line on System.err, and the application runs on.
 *
 * <p>Junixsocket is put on the class path where its jars lie beside this class's; without them, the JDK's own sockets are
 * used. {@code manhole-agent.jar} has it inside, and a Kotlin prompt.
 *
 * <p>For the VM to call. Nothing is transformed.
 */
public final class Agent {

    static final String ENVIRONMENT = "MANHOLE";

    private Agent() {}

    /**
     * Called before the application's {@code main}.
     *
     * @param arguments options; null for none
     * @param instrumentation takes junixsocket
     */
    public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
        agentmain(arguments, instrumentation);
    }

    /**
     * Called when the agent is loaded into a running process.
     *
     * @param arguments options; null for none
     * @param instrumentation takes junixsocket
     */
    public static void agentmain(@Nullable String arguments, Instrumentation instrumentation) {
        @Nullable String environment = System.getenv(ENVIRONMENT);
        addJunixsocket(instrumentation);
        Manhole unused =
                install(ManholeOptions.builder().installedByAgent(), environment == null ? "" : environment, arguments);
    }

    /** Not by a Class-Path in the manifest, of which javac warns everybody who compiles without the jars in the same folder. */
    private static void addJunixsocket(Instrumentation instrumentation) {
        @Nullable CodeSource source = Agent.class.getProtectionDomain().getCodeSource();
        if (source == null || Agent.class.getClassLoader() != ClassLoader.getSystemClassLoader()) {
            return;
        }
        try {
            File jar = new File(source.getLocation().toURI());
            File @Nullable [] files = jar.getParentFile().listFiles();
            for (File file : files == null ? new File[0] : files) {
                if (isJunixsocket(file.getName()) && haveOneOwner(file, jar)) {
                    instrumentation.appendToSystemClassLoaderSearch(new JarFile(file));
                }
            }
        } catch (IOException | URISyntaxException | RuntimeException e) {
            System.err.println("manhole: junixsocket is not looked for: " + line(e));
        }
    }

    private static boolean isJunixsocket(String name) {
        return name.endsWith(".jar")
                && (name.startsWith("junixsocket-common-") || name.startsWith("junixsocket-native-common-"));
    }

    /** In a folder such as /tmp anybody may lay a jar beside ours. */
    private static boolean haveOneOwner(File file, File jar) throws IOException {
        return Files.getOwner(file.toPath(), LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(jar.toPath()));
    }

    /**
     * Installs, or says in one line why not.
     *
     * @param options to which those of the text are added
     * @param environment options; null for nothing to be installed
     * @param arguments more of them, which come after
     */
    static @Nullable Manhole install(
            ManholeOptions.Builder options, @Nullable String environment, @Nullable String arguments) {
        if (environment == null) {
            return null;
        }
        String source = "the environment variable " + ENVIRONMENT;
        try {
            options.parse(environment);
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
