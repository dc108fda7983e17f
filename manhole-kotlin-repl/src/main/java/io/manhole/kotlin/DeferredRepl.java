package io.manhole.kotlin;

import io.manhole.repl.Completion;
import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.ReplContext;
import io.manhole.repl.SymbolInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A session whose engine may still be on its way. */
final class DeferredRepl implements Repl {
    private final SessionEngine engine;
    private final Duration keepAlive;
    private final CompletableFuture<Repl> opened;
    private final AtomicBoolean closed = new AtomicBoolean();

    DeferredRepl(SessionEngine engine, ReplContext context) {
        this.engine = engine;
        keepAlive = context.engineKeepAlive();
        opened = engine.open(context, closed::get).whenComplete((repl, failure) -> {
            if (failure != null && !closed.get()) {
                context.warn("no Kotlin here: " + (failure.getMessage() == null ? failure : failure.getMessage()));
            }
        });
    }

    @Override
    public EvalResult eval(String text) {
        boolean wasInterrupted = Thread.currentThread().isInterrupted();
        try {
            return opened.get().eval(text);
        } catch (InterruptedException e) {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
            return new EvalResult.Failed(e);
        } catch (ExecutionException e) {
            return new EvalResult.Failed(e.getCause() == null ? e : e.getCause());
        }
    }

    @Override
    public boolean isComplete(String text) {
        Repl repl = awaitOpened();
        return repl == null || repl.isComplete(text);
    }

    @Override
    public List<Completion> complete(String text, int cursor) {
        Repl repl = awaitOpened();
        return repl == null ? List.of() : repl.complete(text, cursor);
    }

    @Override
    public @Nullable SymbolInfo lookup(String text, int cursor) {
        Repl repl = awaitOpened();
        return repl == null ? null : repl.lookup(text, cursor);
    }

    /** The engine's session, or null when there will be none or the caller is interrupted, which stays noted. */
    private @Nullable Repl awaitOpened() {
        try {
            return opened.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            return null;
        }
    }

    @Override
    public void interrupt() {
        // While the engine is on its way, the interrupt of the waiting thread, which the caller sees to, is enough.
        if (opened.isDone() && !opened.isCompletedExceptionally()) {
            opened.join().interrupt();
        }
    }

    @Override
    public boolean abandon(Thread evaluator) {
        // While the engine is on its way nothing runs that an interrupt would not stop.
        return opened.isDone()
                && !opened.isCompletedExceptionally()
                && opened.join().abandon(evaluator);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            // If it was not opened there is nothing to close.
            CompletableFuture<?> unused = opened.thenAccept(Repl::close);
            engine.release(keepAlive);
        }
    }
}
