package io.manhole.cli;

import org.jspecify.annotations.Nullable;

/** Says what could stand at the cursor. */
@FunctionalInterface
interface CompletionSource {

    /**
     * Blocks for a moment at most.
     *
     * @param cursor an offset into the text
     * @return null when there is no answer in time
     * @throws InterruptedException when the user pressed Ctrl-C instead of waiting
     */
    @Nullable
    Completions complete(String text, int cursor) throws InterruptedException;
}
