package io.manhole;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** A {@code Deferred} of the application's own kotlinx.coroutines, which is asked without waiting for it. */
final class DeferredValue {

    private static final String DEFERRED = "kotlinx.coroutines.Deferred";
    private static final String HANDLER = "kotlin.jvm.functions.Function1";

    private final Object deferred;
    private final Class<?> type;

    private DeferredValue(Object deferred, Class<?> type) {
        this.deferred = deferred;
        this.type = type;
    }

    /** Null for an object of another kind. */
    static @Nullable DeferredValue of(Object value) {
        @Nullable Class<?> type = Containers.inHierarchy(value.getClass(), DEFERRED);
        return type == null ? null : new DeferredValue(value, type);
    }

    /** True also of one that failed or was cancelled. */
    boolean isDone() {
        return Boolean.TRUE.equals(call("isCompleted"));
    }

    /** What it ended with in place of a value; null if there is one. Only once it is done. */
    @Nullable
    Throwable failure() {
        return (Throwable) call("getCompletionExceptionOrNull");
    }

    /** Only once it is done, and has not failed. */
    @Nullable
    Object value() {
        return call("getCompleted");
    }

    private @Nullable Object call(String method) {
        try {
            return type.getMethod(method).invoke(deferred);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalStateException("a Deferred of another version than we know: " + reason(e), e);
        }
    }

    private static Throwable reason(Throwable e) {
        @Nullable Throwable cause = e instanceof InvocationTargetException ? e.getCause() : null;
        return cause == null ? e : cause;
    }

    /** Has a task run when it is done, on the thread that completes it; at once if it is done already. */
    void whenDone(Runnable task) {
        try {
            Class<?> handler = Class.forName(HANDLER, false, type.getClassLoader());
            Object adapter = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, called, given) -> {
                        if (called.getDeclaringClass() == Object.class) {
                            return ofObject(proxy, called, given);
                        }
                        task.run();
                        return null; // for Kotlin's Unit, at which nobody looks
                    });
            Object unused = type.getMethod("invokeOnCompletion", handler).invoke(deferred, adapter);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalStateException("a Deferred of another version than we know: " + reason(e), e);
        }
    }

    private static Object ofObject(Object proxy, Method called, @Nullable Object[] given) {
        return switch (called.getName()) {
            case "equals" -> proxy == given[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "the manhole's handler";
        };
    }
}
