package io.manhole;

/** Thrown by {@code exit()} through the evaluated code to the session, which then ends. It has no stack trace. */
final class ExitSignal extends Error {

    private static final long serialVersionUID = 1L;

    ExitSignal() {
        super("the session ends", null, false, false);
    }
}
