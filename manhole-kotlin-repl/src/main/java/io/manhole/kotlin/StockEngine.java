package io.manhole.kotlin;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The stock engine: with a loader and a thread of its own, both of which go with the last session that uses it. */
final class StockEngine implements SessionEngine {
    private static final String INNER_HALF = "io.manhole.kotlin.engine.StockReplProvider";

    /** Guarded by the class; null when no session is open. */
    private static @Nullable StockEngine current;

    /** Guarded by the class. */
    private int sessions;

    private final CompilerThread thread = new CompilerThread();
    private final CompletableFuture<LoadedEngine> begun = thread.submit(
            () -> LoadedEngine.load(thread, INNER_HALF, NestedJars.read().neededByStockEngine()));

    private StockEngine() {}

    /** Counts one more session; {@link #release} must follow. */
    static StockEngine acquire() {
        synchronized (StockEngine.class) {
            if (current == null) {
                current = new StockEngine();
            }
            current.sessions++;
            return current;
        }
    }

    /** Whether there is an engine that a session could join. */
    static boolean isInMemory() {
        synchronized (StockEngine.class) {
            return current != null;
        }
    }

    @Override
    public CompletableFuture<Repl> open(ReplContext context, BooleanSupplier closed) {
        return LoadedEngine.open(begun, thread, context, closed);
    }

    /** It goes at once: it keeps every snippet, and what it knows is no use to another session. */
    @Override
    public void release(Duration keepAlive) {
        synchronized (StockEngine.class) {
            if (--sessions > 0) {
                return;
            }
            current = null;
        }
        thread.end(() -> {
            CompletableFuture<?> unused = begun.thenAccept(LoadedEngine::close);
        });
    }
}
