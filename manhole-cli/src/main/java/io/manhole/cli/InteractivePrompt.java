package io.manhole.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A conversation at a terminal. Ctrl-C clears the line or interrupts the evaluation, Ctrl-D leaves. */
final class InteractivePrompt implements NreplConnection.Listener {

    /** The prompt never waits longer for the server to tell whether text is complete. */
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(1);

    /** A first one may have to wait for the engine to get ready. */
    private static final Duration COMPLETION_LIMIT = Duration.ofSeconds(3);

    private static final Duration DUMP_LIMIT = Duration.ofSeconds(30);
    private static final int INTERRUPTS_TO_LEAVE = 3;

    private final Session session;
    private final Output output;
    private final Prompt prompt;
    private final Evaluation evaluation;
    private final PromptView view;
    private final PromptCommands commands;
    /** What is before the text to be typed, and before its further lines. */
    private final String firstPrompt;

    private final String furtherPrompt;
    /** How often Ctrl-C was pressed since the text to evaluate was asked for, other than while it was typed. */
    private final AtomicInteger interrupts = new AtomicInteger();
    /** Written by the main thread. */
    private volatile boolean evaluating;
    /** Lines that the server turned out to need more of. Of the main thread. */
    private String begun = "";
    /** Of the main thread. */
    private boolean preparedCompletions;

    private InteractivePrompt(Session session, Output output, @Nullable Path history) throws IOException {
        this.session = session;
        this.output = output;
        String pid = session.server().pid();
        String process = pid == null ? "" : "[" + TerminalText.neutralise(pid) + "] ";
        this.firstPrompt = process + ">>> ";
        this.furtherPrompt = " ".repeat(process.length()) + "... ";
        Language language = Language.ofEngine(session.server().engine());
        this.prompt = Prompt.open(
                history,
                this::isComplete,
                this::complete,
                output.isColoured() ? new SyntaxHighlighter(language) : null);
        this.view = new PromptView(output, prompt);
        this.evaluation = new Evaluation(session, output, view, prompt::readAnswer);
        this.commands = new PromptCommands(session, output, prompt, view, this::goOnAfter);
    }

    /**
     * Talks until the user or the server ends it. Returns the exit status.
     *
     * @param quiet no stack dump at the beginning
     * @throws IOException when the server is gone
     */
    static int run(Session session, Output output, User self, boolean quiet) throws IOException, InterruptedException {
        InteractivePrompt conversation = new InteractivePrompt(session, output, prepareHistory(output, self));
        try (Prompt open = conversation.prompt) {
            open.onInterrupt(conversation::interrupt);
            session.start(conversation);
            conversation.greet(quiet);
            return conversation.talk();
        }
    }

    private static @Nullable Path prepareHistory(Output output, User self) throws IOException {
        Path history = HistoryFile.locate(System.getenv("XDG_STATE_HOME"), System.getProperty("user.home"));
        try {
            HistoryFile.prepare(history, self);
            return history;
        } catch (IOException e) {
            output.message("no history is kept: " + e.getMessage());
            return null;
        }
    }

    private void greet(boolean quiet) throws IOException, InterruptedException {
        output.out(session.server().greeting() + "\n");
        String dump = quiet ? null : session.dump(DUMP_LIMIT);
        if (dump != null) {
            output.out(dump);
            output.startLine();
        }
        String banner = session.server().banner();
        if (banner != null) {
            // It begins with the empty line that parts it from the stacks.
            output.out(dump == null ? banner.stripLeading() : banner);
            output.startLine();
        }
    }

    private int talk() throws IOException {
        while (true) {
            output.startLine();
            interrupts.set(0);
            String text;
            try {
                text = session.hasEnded() ? null : prompt.readText(begun.isEmpty() ? firstPrompt : furtherPrompt);
            } catch (InterruptedException e) {
                begun = "";
                continue;
            }
            if (session.hasEnded()) {
                throw session.endReason();
            }
            if (text == null) {
                return ExitStatus.OK;
            }
            if (!handle(text)) {
                return ExitStatus.OK;
            }
        }
    }

    /** Returns false when the session is over, or is to be. */
    private boolean handle(String text) throws IOException {
        if (isCommand(text)) {
            return commands.run(text);
        }
        return text.isBlank() || goOnAfter(begun + text);
    }

    /** Whether a text is for the prompt itself: it cannot be while an incomplete one waits for its rest. */
    private boolean isCommand(String text) {
        return begun.isEmpty() && PromptCommands.isCommand(text);
    }

    /** Returns false when the session is over. */
    private boolean goOnAfter(String text) throws IOException {
        if (interrupts.get() > 0) {
            begun = "";
            return true; // Ctrl-C was pressed just after Enter
        }
        evaluating = true;
        Outcome outcome = evaluation.run(text, () -> interrupts.get() > 0);
        evaluating = false;
        commands.evaluated(text, outcome);
        if (!preparedCompletions) {
            preparedCompletions = true;
            session.prepareCompletions(); // while the answer is being read
        }
        begun = outcome == Outcome.INCOMPLETE ? text + "\n" : "";
        // A server without an engine cannot run exit(), but the user means it all the same.
        boolean wantsToLeave = Set.of("exit()", "quit()").contains(text.strip());
        return outcome != Outcome.SESSION_CLOSED && !(outcome == Outcome.FAILED && wantsToLeave);
    }

    private boolean isComplete(String text) throws InterruptedException {
        if (isCommand(text)) {
            return true;
        }
        try {
            return session.isComplete(begun + text, CHECK_LIMIT);
        } catch (IOException e) {
            return true; // evaluating it will tell that the server is gone
        }
    }

    private @Nullable Completions complete(String text, int cursor) throws InterruptedException {
        if (isCommand(text)) {
            return Completions.among(commands.names(), text.substring(0, cursor));
        }
        try {
            Completions found = session.completions(begun + text, begun.length() + cursor, COMPLETION_LIMIT);
            return found == null
                    ? null
                    : new Completions(Math.max(0, found.start() - begun.length()), found.candidates());
        } catch (IOException e) {
            return Completions.NONE; // evaluating something will tell that the server is gone
        }
    }

    /** Ctrl-C during an evaluation. One that cannot be stopped must not hold the user. */
    private void interrupt() {
        int times = interrupts.incrementAndGet();
        try {
            boolean leavesBehind = evaluation.isStuck() && times < INTERRUPTS_TO_LEAVE;
            if (times >= INTERRUPTS_TO_LEAVE) {
                session.close();
            } else {
                evaluation.interrupt();
            }
            if (times == INTERRUPTS_TO_LEAVE - 1 && !leavesBehind) {
                output.message("not stopped yet; Ctrl-C once more ends the connection");
            }
        } catch (IOException e) {
            session.close();
        }
    }

    @Override
    public void unclaimed(Message message) {
        try {
            String out = message.text("out");
            String text = out == null ? message.text("err") : out;
            if (text != null && !prompt.printAbove(output.harmless(text))) {
                // Between two prompts the line must end, or the next prompt would be drawn into it.
                output.out(evaluating || text.endsWith("\n") ? text : text + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void ended() {
        prompt.interruptReading();
    }
}
