package io.manhole;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One evaluation of a session's, from its beginning until it ends or is left behind. */
final class Turn {

    /** Thrown, where an evaluation was left behind, past everybody who would answer for it. */
    static final class LeftBehind extends RuntimeException {

        private static final long serialVersionUID = 1L;

        LeftBehind() {
            super("this evaluation was left behind", null, false, false);
        }
    }

    /** The text of a value; null if the user interrupted the printing. */
    private record Printed(@Nullable Object value, @Nullable String text) {}

    final Session session;
    final Session.Input input;
    final String text;
    final long sinceNanos;
    final @Nullable EvaluationEvent event;

    /** The session's thread, which called the engine. */
    final Thread thread = Thread.currentThread();

    @Nullable
    Thread evaluator = thread; // guarded by the session's lock: null while the executor has not begun

    boolean calling; // guarded by the session's lock: user code runs, or waits for the executor
    long calledAt; // guarded by the session's lock: nanoTime
    long interruptedAt; // guarded by the session's lock: nanoTime of the first interrupt, or 0
    boolean reported; // guarded by the session's lock: the user was told that it does not stop
    boolean elsewhere; // guarded by the session's lock: left behind on a thread that is not the session's
    volatile boolean abandoned; // written under the session's lock

    private final BooleanSupplier stopped;
    private volatile @Nullable Printed printed;

    /** @param stopped whether the evaluation is to stop */
    Turn(Session session, Session.Input input, String text, @Nullable EvaluationEvent event, BooleanSupplier stopped) {
        this.session = session;
        this.input = input;
        this.text = text;
        this.event = event;
        this.stopped = stopped;
        sinceNanos = System.nanoTime();
    }

    boolean isStopped() {
        return abandoned || stopped.getAsBoolean();
    }

    /** Makes the text of the value, where the calling thread evaluates. Never throws. */
    void print(@Nullable Object value) {
        @Nullable String text;
        try {
            text = Printer.print(value, PrintLimits.PROMPT, this::isStopped);
        } catch (CancellationException e) {
            text = null;
        } catch (Throwable e) { // of the value's, or no memory for its text
            text = "<a value that cannot be printed: " + Printer.failure(e) + ">";
        }
        printed = new Printed(value, text);
    }

    boolean hasPrinted(@Nullable Object value) {
        Printed done = printed;
        return done != null && done.value() == value;
    }

    @Nullable
    String printedText() {
        Printed done = printed;
        return done == null ? null : done.text();
    }
}
