package io.manhole;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Through which loader evaluated code sees the application. */
final class ApplicationLoader {

    private final @Nullable ClassLoader given;

    /** @param given null to look for the application's when it is needed */
    private ApplicationLoader(@Nullable ClassLoader given) {
        this.given = given;
    }

    /** The one of the options, or else the installing thread's, which is the calling one. */
    static ApplicationLoader of(ManholeOptions options) {
        if (options.installedByAgent()) {
            return new ApplicationLoader(options.classLoader());
        }
        @Nullable ClassLoader loader = options.classLoader();
        if (loader == null) {
            loader = Thread.currentThread().getContextClassLoader();
        }
        return new ApplicationLoader(loader == null ? Manhole.class.getClassLoader() : loader);
    }

    ClassLoader get() {
        return given == null ? find() : given;
    }

    /**
     * An agent comes before the application: launchers such as Spring Boot's make the loader of the application's classes
     * later, and set it as the main thread's. Looked for when a client comes; by then the main thread may have ended, and
     * the loader is known by the threads that were started with it.
     */
    private static ClassLoader find() {
        ClassLoader system = ClassLoader.getSystemClassLoader();
        Map<ClassLoader, Integer> threads = new HashMap<>();
        ClassLoader best = system;
        for (Thread thread : liveThreads()) {
            @Nullable ClassLoader loader = thread == null ? null : thread.getContextClassLoader();
            if (thread != null && thread.getId() == 1) {
                return loader == null ? system : loader;
            }
            loader = launched(loader, system);
            if (loader != null && threads.merge(loader, 1, Integer::sum) > threads.getOrDefault(best, 0)) {
                best = loader;
            }
        }
        return best;
    }

    /** A web container has loaders below the one that the launcher made, which is just below the system's. */
    private static @Nullable ClassLoader launched(@Nullable ClassLoader loader, ClassLoader system) {
        while (loader != null && loader.getParent() != system) {
            loader = loader.getParent();
        }
        @Nullable String name = loader == null ? null : loader.getName();
        boolean snippets = name != null && name.startsWith("manhole-");
        return snippets ? null : loader;
    }

    /** All threads but virtual ones; null at the end. */
    static @Nullable Thread[] liveThreads() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        @Nullable Thread[] threads = new Thread[group.activeCount() * 2 + 16];
        int unused = group.enumerate(threads);
        return threads;
    }
}
