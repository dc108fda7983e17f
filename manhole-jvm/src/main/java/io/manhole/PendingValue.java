package io.manhole;

import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A value that was not complete when it was shown: its session is to hear when it is. */
final class PendingValue {

    private PendingValue() {}

    /**
     * Has the session told when the value is complete: by the application's thread that completes it where that can be had, else
     * the session looks itself, which is safe for futures of the JDK's own. The value keeps no session in memory that has ended.
     * What is no future is left alone.
     */
    static void watch(@Nullable Object value, Session session) {
        if (value == null) {
            return;
        }
        try {
            if (!watch(value, new WeakReference<>(session))
                    && value instanceof Future<?> future
                    && Containers.isJdk(value.getClass())
                    && !future.isDone()) {
                session.lookAt(future);
            }
        } catch (RuntimeException | LinkageError e) {
            // One that cannot be watched is looked at once more by the user, as any value.
        }
    }

    /** False if it is none of those that tell. */
    private static boolean watch(Object value, WeakReference<Session> listener) {
        if (value instanceof CompletableFuture<?> future) {
            if (!future.isDone()) {
                Object unused = future.whenComplete((result, failure) -> tell(listener, future));
            }
            return true;
        }
        @Nullable DeferredValue deferred = DeferredValue.of(value);
        if (deferred != null && !deferred.isDone()) {
            deferred.whenDone(() -> tell(listener, value));
        }
        return deferred != null;
    }

    private static void tell(WeakReference<Session> listener, Object value) {
        @Nullable Session session = listener.get();
        if (session != null) {
            session.completed(value);
        }
    }
}
