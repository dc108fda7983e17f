package io.manhole.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Evaluates what is given and ends; for scripts and pipes. Prints nothing of its own to standard output. */
final class BatchRun implements NreplConnection.Listener {

    private final Session session;
    private final Output output;
    private final ResultView view;
    private final LineSource standardInput;
    private final Evaluation evaluation;

    /** @param standardInput code to evaluate, or what evaluated code reads, whichever asks first */
    BatchRun(Session session, Output output, ResultView view, LineSource standardInput) {
        this.session = session;
        this.output = output;
        this.view = view;
        this.standardInput = standardInput;
        this.evaluation = new Evaluation(session, output, view, standardInput);
    }

    /** Evaluates each text in order, up to the first that fails. Returns the exit status. */
    int evaluate(List<BatchText> texts) throws IOException, InterruptedException {
        session.start(this);
        for (BatchText text : texts) {
            Outcome outcome = evaluation.run(text.text());
            if (outcome == Outcome.INCOMPLETE) {
                sayIncomplete(text.file() == null ? text.text() : "the file " + text.file());
            }
            if (outcome != Outcome.OK) {
                return outcome.exitStatus();
            }
        }
        return ExitStatus.OK;
    }

    /** Evaluates standard input as if it were typed, and goes on after a failure. Returns the exit status. */
    int evaluateLines() throws IOException, InterruptedException {
        session.start(this);
        int exitStatus = ExitStatus.OK;
        String text = "";
        for (String line = standardInput.readLine(); line != null; line = standardInput.readLine()) {
            text = text.isEmpty() ? line : text + "\n" + line;
            Outcome outcome = text.isBlank() ? Outcome.OK : evaluation.run(text);
            if (outcome == Outcome.SESSION_CLOSED) {
                return exitStatus;
            }
            if (outcome != Outcome.INCOMPLETE) {
                text = "";
                exitStatus = Math.max(exitStatus, outcome.exitStatus());
            }
        }
        if (!text.isEmpty()) {
            sayIncomplete(text);
            exitStatus = Math.max(exitStatus, ExitStatus.FAILED);
        }
        return exitStatus;
    }

    private void sayIncomplete(String text) throws IOException {
        String firstLine = text.lines().findFirst().orElse("");
        view.ended(Outcome.INCOMPLETE);
        output.message("incomplete, nothing of it was run: " + firstLine + (text.contains("\n") ? " …" : ""));
    }

    @Override
    public void unclaimed(Message message) {
        try {
            String out = message.text("out");
            if (out != null) {
                view.out(out);
            }
            String err = message.text("err");
            if (err != null) {
                view.err(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void ended() {
        // whoever waits for a response is told
    }
}
