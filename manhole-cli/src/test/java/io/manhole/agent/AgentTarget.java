package io.manhole.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;

/** An application without a manhole, which tells what it sees of the agent's, and does as it is told on standard input. */
public final class AgentTarget {
    private static final String[] CLASSES = {
        "io.manhole.agent.ManholeAgent",
        "io.manhole.Agent",
        "io.manhole.Manhole",
        "io.manhole.repl.ReplProvider",
        "io.manhole.kotlin.KotlinReplProvider",
        "org.newsclub.net.unix.AFUNIXSocket",
        "org.newsclub.lib.junixsocket.common.NarMetadata",
        "kotlin.Unit",
        "kotlinx.coroutines.Job",
        "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
    };
    private static final String[] SERVICES = {"io.manhole.repl.ReplProvider", "javax.script.ScriptEngineFactory"};

    private AgentTarget() {}

    /** @param arguments {@code launch} and a folder, for an application whose classes have a loader of their own */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            launch(Path.of(arguments[1]));
        }
        System.out.println("main runs");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "look" -> look();
                case "return" -> {
                    return;
                }
                default -> System.exit(3);
            }
        }
    }

    /** For evaluated code to call. */
    public static String greeting() {
        return "greetings from the application";
    }

    private static void look() throws IOException {
        for (String name : CLASSES) {
            if (isVisible(name)) {
                System.out.println("sees " + name);
            }
        }
        for (String service : SERVICES) {
            for (URL url : Collections.list(ClassLoader.getSystemResources("META-INF/services/" + service))) {
                System.out.println("sees " + url);
            }
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("manhole-")) {
                System.out.println("sees the thread " + thread.getName());
            }
        }
        Properties properties = System.getProperties();
        for (String name : new TreeSet<>(properties.stringPropertyNames())) {
            if (name.contains("manhole") || name.contains("kotlin") || name.contains("newsclub")) {
                System.out.println("sees the property " + name);
            }
        }
        boolean own = Thread.currentThread().getContextClassLoader() == ClassLoader.getSystemClassLoader();
        System.out.println("looked around, context class loader " + (own ? "its own" : "changed"));
    }

    private static boolean isVisible(String name) {
        try {
            return Class.forName(name, false, ClassLoader.getSystemClassLoader()) != null;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** As executable jars of Spring Boot do: a loader below the system's, which the main thread and its children have. */
    private static void launch(Path folder) throws IOException {
        URL[] urls = {folder.toUri().toURL()};
        URLClassLoader loader = new URLClassLoader("launched", urls, ClassLoader.getSystemClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        new Thread(null, AgentTarget::awaitEnd, "business").start();
    }

    private static void awaitEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
