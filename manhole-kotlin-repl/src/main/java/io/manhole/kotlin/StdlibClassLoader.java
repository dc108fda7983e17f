package io.manhole.kotlin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * The Kotlin library for evaluated code in applications that have none. For the engine's use only.
 *
 * <p>One for the whole process, so that sessions can hand each other objects. It outlives the engine for as long as objects
 * of evaluated code do, and keeps its file open only while sessions are.
 */
public final class StdlibClassLoader extends ClassLoader {
    private static final Object LOCK = new Object();

    /** Guarded by LOCK. */
    private static @Nullable WeakReference<StdlibClassLoader> shared;

    /** Guarded by LOCK; null when no session is open. */
    private static @Nullable JarFile open;

    private final Path jar;

    static {
        registerAsParallelCapable();
    }

    private StdlibClassLoader(Path jar) {
        super("manhole-kotlin-stdlib", ClassLoader.getPlatformClassLoader());
        this.jar = jar;
    }

    /**
     * The process's loader, whose file stays open until the engine goes.
     *
     * @param jar the library, used only when there is no loader yet
     * @return never null
     * @throws IOException when the file cannot be opened
     */
    public static StdlibClassLoader shared(Path jar) throws IOException {
        synchronized (LOCK) {
            StdlibClassLoader loader = shared == null ? null : shared.get();
            if (loader == null) {
                loader = new StdlibClassLoader(jar);
                shared = new WeakReference<>(loader);
            }
            if (open == null) {
                open = new JarFile(loader.jar.toFile());
            }
            return loader;
        }
    }

    /** Closes the file; classes asked for later open it once more each. */
    static void releaseFile() {
        synchronized (LOCK) {
            JarFile closing = open;
            open = null;
            if (closing == null) {
                return;
            }
            try {
                closing.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close " + closing.getName(), e);
            }
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes;
        try {
            bytes = read(name.replace('.', '/') + ".class");
        } catch (IOException e) {
            throw new ClassNotFoundException(name + " cannot be read from " + jar, e);
        }
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte @Nullable [] read(String entry) throws IOException {
        synchronized (LOCK) {
            if (open != null) {
                return read(open, entry);
            }
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            return read(file, entry);
        }
    }

    private static byte @Nullable [] read(JarFile file, String name) throws IOException {
        ZipEntry entry = file.getEntry(name);
        if (entry == null) {
            return null;
        }
        try (InputStream in = file.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
