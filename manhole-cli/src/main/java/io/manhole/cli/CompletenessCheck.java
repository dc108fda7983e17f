package io.manhole.cli;

/** Tells whether Enter ends the text. */
@FunctionalInterface
interface CompletenessCheck {

    /**
     * Blocks for a moment at most.
     *
     * @throws InterruptedException when the user pressed Ctrl-C instead of waiting
     */
    boolean isComplete(String text) throws InterruptedException;
}
