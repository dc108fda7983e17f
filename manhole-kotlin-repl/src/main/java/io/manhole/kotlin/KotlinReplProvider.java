package io.manhole.kotlin;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;

/** The Kotlin prompt. Its compiler is shared by all sessions of the process and given back with the last of them. */
public final class KotlinReplProvider implements ReplProvider {

    /** The compiler lives in 40 MB, with nearly no time left for anything but collecting; from 44 MB on it runs freely. */
    private static final long ENGINE_HEAP = 44L << 20;

    private static final long SESSION_HEAP = 4L << 20;

    /** Does nothing yet; the engine is begun by the first {@link #open}. */
    public KotlinReplProvider() {}

    @Override
    public String name() {
        return "kotlin";
    }

    /**
     * Returns at once; the engine is unpacked, loaded and warmed up on the compiler's thread. When that fails, the context
     * is warned and each evaluation fails with the reason.
     */
    @Override
    public Repl open(ReplContext context) {
        return new DeferredRepl(SharedEngine.acquire(), context);
    }

    @Override
    public long heapBytes() {
        return SharedEngine.isInMemory() ? SESSION_HEAP : ENGINE_HEAP;
    }

    @Override
    public void release() {
        SharedEngine.endIfIdle();
    }
}
