package io.manhole.cli;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Evaluates text in a session and shows what comes of it, as it comes. */
final class Evaluation {

    private final Session session;
    private final Output output;
    private final ResultView view;
    private final LineSource input;
    /** The server has said that an interrupt did not stop what is evaluated. Written by the thread that evaluates. */
    private volatile boolean stuck;

    /** @param input what the evaluated code reads from its standard input */
    Evaluation(Session session, Output output, ResultView view, LineSource input) {
        this.session = session;
        this.output = output;
        this.view = view;
        this.input = input;
    }

    /**
     * Blocks until the evaluation has ended. That the text is incomplete is not shown, only returned: the caller may have
     * more of it.
     *
     * @throws Output.OutputException when our own output cannot be written
     * @throws IOException when the server is gone
     */
    Outcome run(String code) throws IOException {
        return run(code, () -> false);
    }

    /** As {@link #run(String)}; interrupts the evaluation at once if Ctrl-C came before it was under way. */
    Outcome run(String code, BooleanSupplier alreadyInterrupted) throws IOException {
        stuck = false;
        PendingRequest request = session.eval(code);
        if (alreadyInterrupted.getAsBoolean()) {
            session.interrupt();
        }
        Set<String> status = new LinkedHashSet<>();
        boolean explained = false;
        Message message;
        do {
            message = next(request);
            status.addAll(message.status());
            stuck |= message.status().contains("manhole/stuck");
            explained |= show(message);
            if (message.status().contains("need-input")) {
                answerInput();
            }
        } while (!message.done());
        Outcome outcome = Outcome.of(status);
        if (outcome != Outcome.INCOMPLETE) {
            view.ended(outcome);
        }
        if (outcome == Outcome.FAILED && !explained) {
            output.message("the server answered: " + String.join(", ", status));
        }
        return outcome;
    }

    /** Ctrl-C: stops what is evaluated, or goes on without it if the server has said that it does not stop. */
    void interrupt() throws IOException {
        if (stuck) {
            session.abandon();
        } else {
            session.interrupt();
        }
    }

    /** Whether another interrupt would go on without the evaluation. */
    boolean isStuck() {
        return stuck;
    }

    /** Ctrl-C can reach this thread instead of the signal's handler, when the prompt was on the screen a moment ago. */
    private Message next(PendingRequest request) throws IOException {
        while (true) {
            try {
                return request.next();
            } catch (InterruptedException e) {
                interrupt();
            }
        }
    }

    /** Returns whether the message said what is wrong. */
    private boolean show(Message message) throws IOException {
        String out = message.text("out");
        if (out != null) {
            view.out(out);
        }
        String err = message.text("err");
        if (err != null && !message.status().contains("manhole/incomplete")) {
            view.err(endLine(err, message));
        }
        String value = message.text("value");
        if (value != null) {
            view.value(value, message.text("manhole/type"));
        }
        String exception = message.text("ex");
        if (exception != null) {
            view.exception(exception);
        }
        return err != null;
    }

    /** What the server says of the end is a whole line; what the code prints is left as it is. */
    private static String endLine(String err, Message message) {
        return message.status().isEmpty() || err.endsWith("\n") ? err : err + "\n";
    }

    private void answerInput() throws IOException {
        @Nullable String line;
        try {
            line = input.readLine();
        } catch (InterruptedException e) {
            session.interrupt();
            return;
        }
        session.stdin(line == null ? "" : line + "\n");
    }
}
