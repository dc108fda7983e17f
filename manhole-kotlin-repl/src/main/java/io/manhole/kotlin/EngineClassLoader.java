package io.manhole.kotlin;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Loads the engine and its compiler. Of the application it sees nothing but the types through which the two halves speak, and
 * the loaders of evaluated code, which may outlive the engine and must not hold on to it.
 */
final class EngineClassLoader extends URLClassLoader {
    private static final String BOUNDARY = "io.manhole.repl.";
    private static final Set<String> SHARED =
            Set.of(SnippetClassLoader.class.getName(), StdlibClassLoader.class.getName());

    /** Where kotlin-reflect keeps what it knows, in the classes of the JDK, which would keep the engine. It can do without. */
    private static final String CLASS_VALUE = "java.lang.ClassValue";

    private final boolean hasReflect;

    static {
        registerAsParallelCapable();
    }

    EngineClassLoader(List<Path> jars) throws MalformedURLException {
        super("manhole-kotlin-engine", urls(jars), ClassLoader.getPlatformClassLoader());
        hasReflect = jars.stream().anyMatch(jar -> jar.toString().contains("kotlin-reflect-"));
    }

    private static URL[] urls(List<Path> jars) throws MalformedURLException {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        return urls;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(BOUNDARY) || SHARED.contains(name)) {
            return Class.forName(name, false, EngineClassLoader.class.getClassLoader());
        }
        if (hasReflect && name.equals(CLASS_VALUE)) {
            throw new ClassNotFoundException(name + " is kept from what would leave itself in it");
        }
        return super.loadClass(name, resolve);
    }
}
