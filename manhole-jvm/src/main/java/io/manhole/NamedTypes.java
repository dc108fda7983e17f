package io.manhole;

import java.io.Serializable;
import java.lang.constant.Constable;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds, for an object of any class, the types by which Java source can name it, nearest first. */
final class NamedTypes {

    static final String OBJECT = "java.lang.Object";

    private static final List<Class<?>> COLLECTIONS = List.of(List.class, Set.class, Map.class);
    private static final Set<Class<?>> MARKERS =
            Set.of(Serializable.class, Cloneable.class, RandomAccess.class, Constable.class);

    private final ClassLoader loader;

    NamedTypes(ClassLoader loader) {
        this.loader = loader;
    }

    /** Source text of types that the value has; the last is always Object. */
    List<String> candidates(@Nullable Object value) {
        Set<String> found = new LinkedHashSet<>();
        if (value != null) {
            ancestors(value.getClass()).forEach(type -> found.add(render(type)));
        }
        found.add(OBJECT);
        return List.copyOf(found);
    }

    private List<Class<?>> ancestors(Class<?> type) {
        List<Class<?>> found = new ArrayList<>();
        if (type.isArray() || isNameable(type)) {
            found.add(type);
        }
        if (!type.isArray()) {
            found.addAll(hidden(type));
        }
        return found;
    }

    /** What an object of a class without a name is known by: its collection type, its nearest class, its interfaces. */
    private List<Class<?>> hidden(Class<?> type) {
        List<Class<?>> found = new ArrayList<>();
        COLLECTIONS.stream().filter(each -> each.isAssignableFrom(type)).forEach(found::add);
        List<Class<?>> bases = new ArrayList<>();
        for (Class<?> up = type.getSuperclass(); up != null && up != Object.class; up = up.getSuperclass()) {
            if (isNameable(up)) {
                (isBase(up) ? bases : found).add(up);
            }
        }
        List<Class<?>> markers = new ArrayList<>();
        for (Class<?> each : interfaces(type)) {
            if (isNameable(each)) {
                (MARKERS.contains(each) ? markers : found).add(each);
            }
        }
        found.addAll(bases);
        found.addAll(markers);
        return found;
    }

    /** A class of the JDK that is there to be extended says less than the interface it helps to implement. */
    private static boolean isBase(Class<?> type) {
        return (type.getName().startsWith("java.") && Modifier.isAbstract(type.getModifiers())) || type == Proxy.class;
    }

    private static Set<Class<?>> interfaces(Class<?> type) {
        Set<Class<?>> found = new LinkedHashSet<>();
        List<Class<?>> level = new ArrayList<>();
        for (@Nullable Class<?> up = type; up != null; up = up.getSuperclass()) {
            level.addAll(List.of(up.getInterfaces()));
        }
        while (!level.isEmpty()) {
            found.addAll(level);
            List<Class<?>> next = new ArrayList<>();
            level.forEach(each -> next.addAll(List.of(each.getInterfaces())));
            level = next;
        }
        return found;
    }

    /** Public all the way out, in a package with a name, and the very class that evaluated code gets by its name. */
    private boolean isNameable(Class<?> type) {
        if (type.isArray()) {
            Class<?> component = type.getComponentType();
            return component.isPrimitive() || isNameable(component);
        }
        for (@Nullable Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
            if (!Modifier.isPublic(outer.getModifiers())) {
                return false;
            }
        }
        return !type.isSynthetic()
                && !type.isHidden()
                && !Proxy.isProxyClass(type)
                && type.getCanonicalName() != null
                && !type.getPackageName().isEmpty()
                && type.getModule().isExported(type.getPackageName())
                && isSeenByEvaluatedCode(type);
    }

    private boolean isSeenByEvaluatedCode(Class<?> type) {
        try {
            return Class.forName(type.getName(), false, loader) == type;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private String render(Class<?> type) {
        if (type.isArray()) {
            Class<?> component = type.getComponentType();
            if (component.isPrimitive() || component.isArray() || isNameable(component)) {
                return (component.isArray() ? render(component) : component.getCanonicalName()) + "[]";
            }
            List<Class<?>> hidden = hidden(component);
            return (hidden.isEmpty() ? OBJECT : hidden.get(0).getCanonicalName()) + "[]";
        }
        List<String> arguments = new ArrayList<>();
        for (TypeVariable<?> parameter : type.getTypeParameters()) {
            Type[] bounds = parameter.getBounds();
            arguments.add(bounds.length == 1 && bounds[0] == Object.class ? OBJECT : "?");
        }
        String name = String.valueOf(type.getCanonicalName());
        return arguments.isEmpty() ? name : name + "<" + String.join(", ", arguments) + ">";
    }
}
