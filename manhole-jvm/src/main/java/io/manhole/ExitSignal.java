package io.manhole;

/** Thrown by {@code exit()} through the evaluated code to the session, which then ends. One instance, without a stack. */
final class ExitSignal extends Error {

    private static final long serialVersionUID = 1L;

    static final ExitSignal INSTANCE = new ExitSignal();

    private ExitSignal() {
        super("the session ends", null, false, false);
    }
}
