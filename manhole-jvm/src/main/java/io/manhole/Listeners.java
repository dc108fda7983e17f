package io.manhole;

import java.util.List;
import java.util.function.Consumer;

/** Tells every listener of an event, whatever one of them throws. */
final class Listeners {

    private final List<ManholeListener> listeners;

    Listeners(List<ManholeListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    void tell(Consumer<ManholeListener> event) {
        for (ManholeListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Exception | LinkageError | AssertionError e) {
                // The documented fate of what a listener throws: it has nobody else to go to.
            }
        }
    }

    void failed(String what, Throwable cause) {
        tell(listener -> listener.failed(what, cause));
    }
}
