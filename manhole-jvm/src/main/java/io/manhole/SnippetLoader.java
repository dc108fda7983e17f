package io.manhole;

import io.manhole.repl.InterruptCheck;
import io.manhole.repl.InterruptGuard;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Defines one session's compiled classes, above the application's loader. */
final class SnippetLoader extends ClassLoader {

    /** Where a class comes from: the name that stands for a file in stack traces, and the user's lines. */
    record Source(String name, IntUnaryOperator lines) {}

    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> compiled = new ConcurrentHashMap<>(); // by class name; not yet defined
    private final Map<String, Source> sources = new ConcurrentHashMap<>(); // by class name; not yet defined
    private final String check;

    SnippetLoader(ClassLoader application) throws IOException {
        super("manhole-java", application);
        String name = InterruptCheck.class.getName();
        check = name.replace('.', '/');
        byte[] bytes = InterruptGuard.checkClass();
        defineClass(name, bytes, 0, bytes.length);
    }

    /** The session's own copy. */
    Class<?> interruptCheck() throws ClassNotFoundException {
        return loadClass(InterruptCheck.class.getName());
    }

    /** A class to be defined when it is first needed, just as it is. */
    void add(String name, byte[] bytes) {
        compiled.put(name, bytes);
    }

    /** Says where a class comes from that was added and is to have checks for interrupts. */
    void setSource(String name, Source source) {
        sources.put(name, source);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!compiled.containsKey(name)) {
            // A class defined here has gone from the map: found before the application is asked.
            @Nullable Class<?> defined = findLoadedClass(name);
            return defined == null ? super.loadClass(name, resolve) : defined;
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> defined = findLoadedClass(name);
            return defined == null ? findClass(name) : defined;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = compiled.get(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] guarded = guarded(bytes, sources.remove(name));
        Class<?> type = defineClass(name, guarded, 0, guarded.length);
        compiled.remove(name);
        return type;
    }

    private byte[] guarded(byte[] bytes, @Nullable Source source) {
        if (source == null) {
            return bytes;
        }
        try {
            return new SnippetClassFile(bytes).guarded(check, source.name(), source.lines());
        } catch (IOException e) {
            return bytes; // no room: it runs, and cannot be interrupted
        }
    }
}
