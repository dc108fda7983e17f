package io.manhole.cli;

/** Says what could stand at the cursor. */
@FunctionalInterface
interface CompletionSource {

    /**
     * Blocks for a moment at most.
     *
     * @param cursor an offset into the text
     * @throws InterruptedException when the user pressed Ctrl-C instead of waiting
     */
    Completions complete(String text, int cursor) throws InterruptedException;
}
