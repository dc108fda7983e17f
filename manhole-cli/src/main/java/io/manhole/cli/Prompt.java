package io.manhole.cli;

import java.io.Closeable;
import java.io.IOError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jline.reader.EndOfFileException;
import org.jline.reader.Highlighter;
import org.jline.reader.History;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.PosixSysTerminal;
import org.jspecify.annotations.Nullable;

/** The terminal, by way of JLine: editing, history, Ctrl-C. */
final class Prompt implements Closeable {

    private final Terminal terminal;
    private final LineReader lines;
    /** For what evaluated code reads: no history, no syntax. */
    private final LineReader answers;

    private Prompt(Terminal terminal, LineReader lines, LineReader answers) {
        this.terminal = terminal;
        this.lines = lines;
        this.answers = answers;
    }

    /**
     * Takes over the terminal.
     *
     * @param history the file to remember lines in, or null
     * @param isComplete whether Enter ends the text; may block for a moment
     * @param completions what Tab offers; may block for a moment
     * @param highlighter colours what is typed, or null
     */
    static Prompt open(
            @Nullable Path history,
            CompletenessCheck isComplete,
            CompletionSource completions,
            @Nullable Highlighter highlighter)
            throws IOException {
        String type = System.getenv("TERM");
        Terminal terminal = new PosixSysTerminal(
                "manhole-cli",
                type == null ? Terminal.TYPE_DUMB : type,
                new SteadyPty(),
                StandardCharsets.UTF_8,
                true,
                Terminal.SignalHandler.SIG_DFL);
        LineReaderBuilder lines = LineReaderBuilder.builder()
                .terminal(terminal)
                .parser(new PromptParser(isComplete))
                .completer(new TabCompleter(completions))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "%P ... ");
        if (highlighter != null) {
            lines.highlighter(highlighter);
        }
        if (history != null) {
            lines.variable(LineReader.HISTORY_FILE, history);
        }
        LineReader answers = LineReaderBuilder.builder()
                .terminal(terminal)
                .parser(new PromptParser(text -> true))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(LineReader.DISABLE_HISTORY, true)
                .build();
        return new Prompt(terminal, lines.build(), answers);
    }

    /**
     * Reads text of one or more lines; blocks.
     *
     * @return null for Ctrl-D
     * @throws InterruptedException for Ctrl-C
     */
    @Nullable
    String readText(String prompt) throws InterruptedException {
        return read(lines, prompt);
    }

    /** Reads a line that evaluated code waits for, otherwise as {@link #readText}. */
    @Nullable
    String readAnswer() throws InterruptedException {
        return read(answers, "");
    }

    /**
     * JLine leaves the thread's interrupt flag set after Ctrl-C, also when that was pressed just after Enter. Nobody else
     * interrupts this thread, and a set flag would make the next file operation fail.
     */
    private @Nullable String read(LineReader reader, String prompt) throws InterruptedException {
        String interrupted;
        try {
            interrupted = reader.readLine(prompt);
            if (!Thread.interrupted()) {
                return interrupted;
            }
        } catch (EndOfFileException | IOError e) { // the latter when the terminal has gone
            Thread.interrupted();
            return null;
        } catch (UserInterruptException e) {
            Thread.interrupted();
            interrupted = e.getPartialLine();
        }
        // JLine puts what ended with Enter into the history itself, and does not add the same text twice.
        if (!interrupted.isBlank()) {
            reader.getHistory().add(interrupted);
        }
        throw new InterruptedException("Ctrl-C");
    }

    /** What Ctrl-C does while nothing is read. Runs on a thread of the signal's. */
    void onInterrupt(Runnable action) {
        terminal.handle(Terminal.Signal.INT, signal -> action.run());
    }

    /** Ends the reading that is under way, as Ctrl-C does. For any thread. */
    void interruptReading() {
        terminal.raise(Terminal.Signal.INT);
    }

    /** What was typed, the oldest first. */
    List<String> history() {
        return StreamSupport.stream(lines.getHistory().spliterator(), false)
                .map(History.Entry::line)
                .toList();
    }

    /** Where the part of a text ends that the screen has room for. */
    int endOfPage(String text) {
        return Page.end(text, terminal.getHeight(), terminal.getWidth());
    }

    /** Prints above the half-typed line, if one is being typed; returns false and prints nothing if not. */
    boolean printAbove(String text) {
        LineReader reading = lines.isReading() ? lines : answers;
        if (!reading.isReading()) {
            return false;
        }
        reading.printAbove(text);
        return true;
    }

    /** Gives the terminal back as it was. */
    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
