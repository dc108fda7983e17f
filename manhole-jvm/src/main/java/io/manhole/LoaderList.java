package io.manhole;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The class loaders of a process that matter: whose threads, objects and sessions there are, and those above them. */
final class LoaderList {

    private static final int MAX_NAMES = 3;

    /** Who uses a loader. */
    private static final class Uses {
        private final Set<String> others = new LinkedHashSet<>();
        private final List<String> threads = new ArrayList<>();
    }

    private final Map<ClassLoader, Uses> found = new LinkedHashMap<>();

    private LoaderList() {}

    /**
     * What there is now.
     *
     * @param own the asking session's; null if it is gone
     * @param locals the objects at hand
     */
    static LoaderList of(@Nullable ClassLoader own, Map<String, @Nullable Object> locals) {
        LoaderList list = new LoaderList();
        @Nullable Uses system = list.uses(ClassLoader.getSystemClassLoader());
        if (system != null) {
            system.others.add("the class path");
        }
        Uses unused = list.uses(own);
        for (@Nullable Thread thread : ApplicationLoader.liveThreads()) {
            if (thread == null || thread.getName().startsWith("manhole-")) {
                continue;
            }
            @Nullable Uses uses = list.uses(thread.getContextClassLoader());
            if (uses != null) {
                uses.threads.add(thread.getName());
            }
        }
        locals.forEach((name, value) -> {
            @Nullable
            Uses uses = value == null ? null : list.uses(value.getClass().getClassLoader());
            if (uses != null) {
                uses.others.add(name);
            }
        });
        return list;
    }

    /** Notes a loader after those above it; null for loaders that see no application. */
    private @Nullable Uses uses(@Nullable ClassLoader loader) {
        @Nullable ClassLoader application = applicationOf(loader);
        if (application == null) {
            return null;
        }
        Uses unused = uses(application.getParent());
        return found.computeIfAbsent(application, each -> new Uses());
    }

    /** In their order, the system's first. */
    List<ClassLoader> loaders() {
        return List.copyOf(found.keySet());
    }

    /** One row a loader, numbered from 1. */
    String table(@Nullable ClassLoader own) {
        Table table = new Table(
                Table.text("", 1),
                Table.number("#"),
                Table.text("loader", 60),
                Table.number("parent"),
                Table.text("used by", 48));
        List<ClassLoader> loaders = loaders();
        for (ClassLoader loader : loaders) {
            @Nullable ClassLoader above = applicationOf(loader.getParent());
            int parent = above == null ? 0 : loaders.indexOf(above) + 1;
            table.row(
                    loader == own ? "*" : "",
                    loaders.indexOf(loader) + 1,
                    describe(loader),
                    parent == 0 ? "" : parent,
                    text(found.getOrDefault(loader, new Uses())));
        }
        return table.toString();
    }

    private static String text(Uses uses) {
        List<String> parts = new ArrayList<>();
        if (!uses.others.isEmpty()) {
            parts.add(some(List.copyOf(uses.others)));
        }
        if (!uses.threads.isEmpty()) {
            int count = uses.threads.size();
            parts.add(count + (count == 1 ? " thread: " : " threads: ") + some(uses.threads));
        }
        return String.join("; ", parts);
    }

    private static String some(List<String> names) {
        String text = String.join(", ", names.subList(0, Math.min(MAX_NAMES, names.size())));
        return names.size() > MAX_NAMES ? text + ", ..." : text;
    }

    /** By class and, where it has one, name; asks the application for nothing else. */
    static String describe(ClassLoader loader) {
        @Nullable String name = name(loader);
        String type = loader.getClass().getName();
        return Printable.line(name == null ? type : type + " '" + name + "'", 200);
    }

    private static @Nullable String name(ClassLoader loader) {
        try {
            return loader.getName();
        } catch (RuntimeException e) {
            return null; // a class of the application's
        }
    }

    /** The loader itself; for one of evaluated code the application's above it; null for the JDK's own. */
    private static @Nullable ClassLoader applicationOf(@Nullable ClassLoader loader) {
        @Nullable ClassLoader application = loader;
        while (application != null) {
            @Nullable String name = name(application);
            if (name == null || !name.startsWith("manhole-")) {
                break;
            }
            application = application.getParent();
        }
        return application == ClassLoader.getPlatformClassLoader() ? null : application;
    }

    /**
     * The loader that something stands for: a loader for itself, a class or module for its own, a thread for its context's, a
     * text for the listed loader with that name or class, any other object for that of its class.
     *
     * @return null if there is none, or one that sees the JDK alone
     */
    static @Nullable ClassLoader loaderOf(@Nullable Object by, LoaderList list) {
        if (by instanceof ClassLoader loader) {
            return applicationOf(loader);
        }
        if (by instanceof Class<?> type) {
            return applicationOf(type.getClassLoader());
        }
        if (by instanceof Module module) {
            return applicationOf(module.getClassLoader());
        }
        if (by instanceof Thread thread) {
            return applicationOf(thread.getContextClassLoader());
        }
        if (by instanceof String text) {
            for (ClassLoader each : list.found.keySet()) {
                if (text.equals(name(each))
                        || text.equals(each.getClass().getName())
                        || text.equals(each.getClass().getSimpleName())) {
                    return each;
                }
            }
            return null;
        }
        return by == null ? null : applicationOf(by.getClass().getClassLoader());
    }
}
