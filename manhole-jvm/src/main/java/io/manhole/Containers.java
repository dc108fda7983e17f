package io.manhole;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which collections and maps can be read without a query, a request or a lock of the application's behind it. Only what is known
 * to lie in memory counts: the JDK's, those of some libraries, what evaluated code made, and a class of the application's
 * that leaves the reading to a class of the JDK.
 */
final class Containers {

    /** Packages whose collections lie in memory. */
    private static final List<String> IN_MEMORY = List.of(
            "kotlin.collections.",
            "kotlinx.collections.immutable.",
            "com.google.common.collect.",
            "it.unimi.dsi.fastutil.",
            "org.agrona.collections.",
            "org.apache.commons.collections",
            "org.eclipse.collections.",
            "org.jctools.",
            "org.springframework.http.",
            "org.springframework.util.");

    /** Interfaces of collections that are read from a database when they are first used, and how to ask whether they were. */
    private static final Map<String, String> LAZY = Map.of(
            "org.hibernate.collection.spi.PersistentCollection", "wasInitialized",
            "org.hibernate.collection.spi.LazyInitializable", "wasInitialized",
            "org.eclipse.persistence.indirection.IndirectContainer", "isInstantiated",
            "org.datanucleus.store.types.wrappers.backed.BackedSCO", "isLoaded"); // which there is not: never read

    private static final String HIBERNATE_PROXY = "org.hibernate.proxy.HibernateProxy";

    /** Parts of names of JDK classes whose size() walks over all elements, or waits for a lock. */
    private static final List<String> NO_CHEAP_SIZE =
            List.of("Synchronized", "ConcurrentLinked", "LinkedTransfer", "Blocking", "Vector", "Stack", "Hashtable");

    private Containers() {}

    /** Whether to read a collection or map is to read memory. */
    static boolean isReadable(Object container) {
        Class<?> type = container.getClass();
        if (Proxy.isProxyClass(type)) {
            return false;
        }
        if (isJdk(type) || isEvaluated(type)) {
            return true;
        }
        @Nullable Boolean loaded = isLoaded(container);
        if (loaded != null) {
            return loaded;
        }
        return IN_MEMORY.stream().anyMatch(type.getName()::startsWith) || isReadByJdk(container);
    }

    /** What to say in place of an unreadable one. */
    static String notRead(Object container) {
        return Printer.identity(container)
                + (isLoaded(container) == null
                        ? " (not read: that might run a query; show(x) reads it)"
                        : " (not loaded yet; show(x) loads it)");
    }

    /** Whether an object stands for a row that its database has not been asked for yet, so that any call asks. */
    static boolean isUnloadedProxy(Object value) {
        @Nullable Class<?> proxy = inHierarchy(value.getClass(), HIBERNATE_PROXY);
        if (proxy == null) {
            return false;
        }
        try {
            Object initializer = proxy.getMethod("getHibernateLazyInitializer").invoke(value);
            Class<?> known = Class.forName("org.hibernate.proxy.LazyInitializer", false, proxy.getClassLoader());
            return Boolean.TRUE.equals(known.getMethod("isUninitialized").invoke(initializer));
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            return true; // of another version than we know
        }
    }

    /** Null if the container is none that we know to be lazy. */
    private static @Nullable Boolean isLoaded(Object container) {
        for (Map.Entry<String, String> lazy : LAZY.entrySet()) {
            @Nullable Class<?> type = inHierarchy(container.getClass(), lazy.getKey());
            if (type != null) {
                try {
                    return Boolean.TRUE.equals(type.getMethod(lazy.getValue()).invoke(container));
                } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
                    return false;
                }
            }
        }
        return null;
    }

    /** A superclass or an interface by its name: the application has its own copy of the class. */
    static @Nullable Class<?> inHierarchy(Class<?> type, String name) {
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        for (@Nullable Class<?> up = type; up != null; up = up.getSuperclass()) {
            if (up.getName().equals(name)) {
                return up;
            }
            addInterfaces(up, interfaces);
        }
        for (Class<?> each : interfaces) {
            if (each.getName().equals(name)) {
                return each;
            }
        }
        return null;
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> all) {
        for (Class<?> each : type.getInterfaces()) {
            if (all.add(each)) {
                addInterfaces(each, all);
            }
        }
    }

    /** Whether the class comes with Java itself. */
    static boolean isJdk(Class<?> type) {
        @Nullable ClassLoader loader = type.getClassLoader();
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    /** Whether the class was declared at a prompt. */
    private static boolean isEvaluated(Class<?> type) {
        @Nullable ClassLoader loader = type.getClassLoader();
        @Nullable String name = loader == null ? null : loader.getName();
        return name != null && Set.of("manhole-snippets", "manhole-java").contains(name);
    }

    /** A subclass of ArrayList, say, that does not change how it is read. */
    private static boolean isReadByJdk(Object container) {
        try {
            Class<?> type = container.getClass();
            Method read = type.getMethod(container instanceof Map ? "entrySet" : "iterator");
            // Kotlin's subclasses have a bridge of that name, which leads to the method of the superclass.
            return (isJdk(read.getDeclaringClass()) || read.isBridge())
                    && !Modifier.isAbstract(ofJdk(type).getModifiers());
        } catch (NoSuchMethodException | LinkageError e) {
            return false;
        }
    }

    private static Class<?> ofJdk(Class<?> type) {
        Class<?> up = type;
        while (!isJdk(up)) {
            @Nullable Class<?> next = up.getSuperclass();
            if (next == null) {
                return Collection.class;
            }
            up = next;
        }
        return up == Object.class ? Collection.class : up;
    }

    /** How many elements there are, or -1 if it would take a lock or a walk over all of them to know. */
    static int cheapSize(Object container) {
        Class<?> type = container.getClass();
        if (!isJdk(type) || NO_CHEAP_SIZE.stream().anyMatch(type.getName()::contains)) {
            return -1;
        }
        return container instanceof Collection<?> all
                ? all.size()
                : container instanceof Map<?, ?> map ? map.size() : -1;
    }
}
