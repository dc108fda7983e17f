package io.manhole.kotlin;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine as all sessions of the process share it: begun with the first of them, given back some time after the last.
 *
 * <p>All that is expensive happens on {@link CompilerThread}; the threads that open and close sessions wait for nothing.
 */
final class SharedEngine implements SessionEngine {
    private static final String INNER_HALF = "io.manhole.kotlin.engine.EngineReplProvider";
    private static final Object LOCK = new Object();

    /** While an engine is kept without sessions, the heap is looked at so often. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Guarded by LOCK; null when no session is open. */
    private static @Nullable SharedEngine current;

    /** Guarded by LOCK; open until the engine that went last has left nothing behind. */
    private static CountDownLatch predecessor = new CountDownLatch(0);

    /** Guarded by LOCK. */
    private int sessions;

    /** Guarded by LOCK; counts how often the last session has gone. */
    private int pauses;

    private final CompilerThread thread = new CompilerThread();
    private final CountDownLatch gone = new CountDownLatch(1);
    private final CompletableFuture<LoadedEngine> begun;

    private SharedEngine(CountDownLatch predecessor) {
        begun = thread.submit(() -> {
            // Two engines at a time would be twice the memory, and would mix up the system properties they set.
            predecessor.await();
            return LoadedEngine.load(thread, INNER_HALF, NestedJars.read().needed());
        });
    }

    /** Counts one more session; {@link #release} must follow. */
    static SharedEngine acquire() {
        synchronized (LOCK) {
            if (current == null) {
                current = new SharedEngine(predecessor);
                predecessor = current.gone;
            }
            current.sessions++;
            return current;
        }
    }

    @Override
    public CompletableFuture<Repl> open(ReplContext context, BooleanSupplier closed) {
        return LoadedEngine.open(begun, thread, context, closed);
    }

    /** Has the engine's inner half do something on the compiler's thread. */
    <T> CompletableFuture<T> with(Function<? super ReplProvider, T> task) {
        return thread.submit(() -> task.apply(begun.join().provider()));
    }

    /** Whether there is an engine that a session could join. */
    static boolean isInMemory() {
        synchronized (LOCK) {
            return current != null;
        }
    }

    /**
     * Counts one session less; so long after the last one the compiler's thread clears up and ends, unless another session has
     * come by then. A full heap does not wait so long.
     */
    @Override
    public void release(Duration keepAlive) {
        int pause;
        synchronized (LOCK) {
            sessions--;
            if (sessions > 0) {
                return;
            }
            pause = ++pauses;
        }
        try {
            thread.execute(() -> endAfter(keepAlive, pause));
        } catch (RejectedExecutionException e) {
            // One that came and went meanwhile has seen to it.
        }
    }

    /** Ends an engine that nobody uses, however long it was to be kept. */
    static void endIfIdle() {
        @Nullable SharedEngine engine;
        synchronized (LOCK) {
            engine = current;
        }
        if (engine != null) {
            engine.endNowIfIdle();
        }
    }

    private void endNowIfIdle() {
        int pause;
        synchronized (LOCK) {
            pause = pauses;
        }
        try {
            thread.execute(() -> endAfter(Duration.ZERO, pause));
        } catch (RejectedExecutionException e) {
            // It has ended.
        }
    }

    /** On the compiler's thread. A session that came meanwhile keeps the engine, so that clients who come and go share one. */
    private void endAfter(Duration keepAlive, int pause) {
        if (!isIdleSince(pause)) {
            return;
        }
        if (keepAlive.compareTo(Duration.ZERO) > 0 && !isHeapFull()) {
            Duration look = keepAlive.compareTo(LOOK) < 0 ? keepAlive : LOOK;
            thread.executeAfter(look, () -> endAfter(keepAlive.minus(look), pause));
            return;
        }
        synchronized (LOCK) {
            if (!isIdleSince(pause)) {
                return;
            }
            current = null;
        }
        thread.end(() -> {
            try {
                // If it never began there is nothing to close.
                CompletableFuture<?> unused = begun.thenAccept(LoadedEngine::close);
            } finally {
                gone.countDown();
            }
        });
    }

    private boolean isIdleSince(int pause) {
        synchronized (LOCK) {
            return sessions == 0 && current == this && pauses == pause;
        }
    }

    private static boolean isHeapFull() {
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        return used > runtime.maxMemory() / 4 * 3;
    }
}
