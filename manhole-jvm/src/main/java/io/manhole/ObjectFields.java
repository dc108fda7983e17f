package io.manhole;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The instance fields of a class and its superclasses, private ones too, as far as its module lets us see them. None of the
 * object's own code runs.
 */
final class ObjectFields {

    private final List<Field> fields = new ArrayList<>();
    private @Nullable Class<?> closed;

    ObjectFields(Class<?> type) {
        Deque<Class<?>> classes = new ArrayDeque<>();
        for (@Nullable Class<?> up = type; up != null; up = up.getSuperclass()) {
            classes.push(up);
        }
        classes.forEach(this::add);
    }

    private void add(Class<?> type) {
        try {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
                    continue;
                }
                // Of this Field alone, which is ours: the JDK makes a copy for each who asks.
                if (field.trySetAccessible()) {
                    fields.add(field);
                } else {
                    closed = type;
                }
            }
        } catch (LinkageError e) {
            closed = type; // a class that one of the fields names is missing
        }
    }

    /** In the order of their declaration, superclasses first. */
    List<Field> all() {
        return fields;
    }

    /** A class whose fields cannot be seen; null if there is none. */
    @Nullable
    Class<?> closed() {
        return closed;
    }

    static @Nullable Object value(Field field, Object of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new LinkageError("an accessible field is not accessible", e);
        }
    }
}
