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
    private record Printed(@Nullable Object value, @Nullable String text, boolean truncated) {}

    final Session session;

    /** That of the client who asked for it; the session may have another one at the end. */
    final Connection connection;

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
    Turn(
            Session session,
            Connection connection,
            Session.Input input,
            String text,
            @Nullable EvaluationEvent event,
            BooleanSupplier stopped) {
        this.session = session;
        this.connection = connection;
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
        boolean hasQuota = input.quota() >= 0;
        PrintLimits limits = hasQuota ? PrintLimits.PROMPT.withQuota(input.quota()) : PrintLimits.PROMPT;
        PrintedText text = new PrintedText(limits.chars());
        try {
            Printer.print(value, text, limits, this::isStopped);
        } catch (CancellationException e) {
            printed = new Printed(value, null, false);
            return;
        } catch (Throwable e) { // of the value's, or no memory for its text
            text = new PrintedText(limits.chars());
            text.add("<a value that cannot be printed: " + Printer.failure(e) + ">");
        }
        // A client that said how much it takes is told by a status that there is more, and by nothing in the text.
        printed = new Printed(value, hasQuota ? text.head() : text.toString(), hasQuota && text.isFull());
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

    /** Whether the text is as long as the client's quota, and the value's would be longer. */
    boolean isTruncated() {
        Printed done = printed;
        return done != null && done.truncated();
    }
}
