package io.manhole.kotlin;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;

/**
 * The Kotlin prompt on the compiler of Kotlin's own script engine ({@code kotlin-scripting-jsr223}), for comparison and where the
 * default one fails: {@code engine("jsr223")}. It takes some 70 MB, 20 MB more
 * for each further session, and keeps something of every snippet.
 */
public final class StockReplProvider implements ReplProvider {

    private static final long ENGINE_HEAP = 70L << 20;

    private static final long SESSION_HEAP = 20L << 20;

    /** Does nothing yet. */
    public StockReplProvider() {}

    @Override
    public String name() {
        return "jsr223";
    }

    /** Returns at once; the engine is loaded on a thread of its own. When that fails, each evaluation fails with the reason. */
    @Override
    public Repl open(ReplContext context) {
        return new DeferredRepl(StockEngine.acquire(), context);
    }

    @Override
    public long heapBytes() {
        return StockEngine.isInMemory() ? SESSION_HEAP : ENGINE_HEAP;
    }
}
