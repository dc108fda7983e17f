package io.manhole.kotlin;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** What a session's engine comes from. */
interface SessionEngine {

    /** Opens the engine's part of a session, unless the session has been closed by then. Waits for nothing. */
    CompletableFuture<Repl> open(ReplContext context, BooleanSupplier closed);

    /** The session has been closed; if it was the last, the engine may be kept so long for another. Waits for nothing. */
    void release(Duration keepAlive);
}
