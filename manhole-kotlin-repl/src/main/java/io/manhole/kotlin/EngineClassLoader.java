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

    static {
        registerAsParallelCapable();
    }

    EngineClassLoader(List<Path> jars) throws MalformedURLException {
        super("manhole-kotlin-engine", urls(jars), ClassLoader.getPlatformClassLoader());
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
        return super.loadClass(name, resolve);
    }
}
