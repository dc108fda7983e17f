package io.manhole.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
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
     */
    static Prompt open(@Nullable Path history, Predicate<String> isComplete) throws IOException {
        // stty instead of native code, which would be unpacked into a file; and no bytes of the user's locale.
        Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .provider("exec")
                .encoding(StandardCharsets.UTF_8)
                .build();
        LineReaderBuilder lines = LineReaderBuilder.builder()
                .terminal(terminal)
                .parser(new PromptParser(isComplete))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "... ");
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
    @Nullable String readText(String prompt) throws InterruptedException {
        return read(lines, prompt);
    }

    /** Reads a line that evaluated code waits for, otherwise as {@link #readText}. */
    @Nullable String readAnswer() throws InterruptedException {
        return read(answers, "");
    }

    private static @Nullable String read(LineReader reader, String prompt) throws InterruptedException {
        try {
            return reader.readLine(prompt);
        } catch (EndOfFileException e) {
            return null;
        } catch (UserInterruptException e) {
            if (!e.getPartialLine().isBlank()) {
                reader.getHistory().add(e.getPartialLine());
            }
            throw (InterruptedException) new InterruptedException("Ctrl-C").initCause(e);
        }
    }

    /** What Ctrl-C does while nothing is read. Runs on a thread of the signal's. */
    void onInterrupt(Runnable action) {
        terminal.handle(Terminal.Signal.INT, signal -> action.run());
    }

    /** Ends the reading that is under way, as Ctrl-C does. For any thread. */
    void interruptReading() {
        terminal.raise(Terminal.Signal.INT);
    }

    /** Prints above the half-typed line, if one is being typed; returns false and prints nothing if not. */
    boolean printAbove(String text) {
        LineReader reading = lines.isReading() ? lines : answers;
        if (!reading.isReading()) {
            return false;
        }
        reading.printAbove(TerminalText.neutralise(text));
        return true;
    }

    /** Gives the terminal back as it was. */
    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
