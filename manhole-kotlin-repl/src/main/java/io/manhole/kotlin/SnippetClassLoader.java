package io.manhole.kotlin;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Defines the classes of one session's evaluated code, which sees what the application sees. For the engine's use only.
 *
 * <p>It belongs to the half of the engine that is never unloaded: an object that evaluated code left in the application keeps
 * its own class and this loader alive, and no compiler with them.
 */
public final class SnippetClassLoader extends ClassLoader {
    private final @Nullable ClassLoader kotlin;
    private final Map<String, byte[]> undefined = new ConcurrentHashMap<>();

    static {
        registerAsParallelCapable();
    }

    /**
     * Creates a loader without classes.
     *
     * @param application where all classes but those added are found
     * @param kotlin where {@code kotlin.*} is found, or null for the application
     */
    public SnippetClassLoader(ClassLoader application, @Nullable ClassLoader kotlin) {
        super("manhole-snippets", application);
        this.kotlin = kotlin;
    }

    /**
     * Adds classes, which are defined when they are first asked for.
     *
     * @param classes bytes by binary name, such as {@code a.B$C}
     */
    public void add(Map<String, byte[]> classes) {
        undefined.putAll(classes);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (kotlin != null && name.startsWith("kotlin.")) {
            return kotlin.loadClass(name);
        }
        if (undefined.containsKey(name)) {
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known != null ? known : findClass(name);
            }
        }
        return super.loadClass(name, resolve);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = undefined.get(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        Class<?> defined = defineClass(name, bytes, 0, bytes.length);
        undefined.remove(name);
        return defined;
    }
}
