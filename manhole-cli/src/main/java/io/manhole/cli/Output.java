package io.manhole.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Our standard output and standard error. UTF-8 whatever the locale; raw when piped, made harmless on a terminal; written
 * as it comes, without a buffer. Safe for use by several threads: the lock keeps pieces whole, and a reader of ours that
 * is slow makes the server's evaluation wait, as it should.
 */
final class Output {

    private final OutputStream out;
    private final OutputStream err;
    private final boolean outIsTerminal;
    private final boolean errIsTerminal;
    private final boolean coloured;
    private volatile boolean raw;
    /** Guarded by this. */
    private boolean atLineStart = true;

    private Output(OutputStream out, OutputStream err, Terminals terminals, boolean coloured) {
        this.out = out;
        this.outIsTerminal = terminals.out();
        this.err = err;
        this.errIsTerminal = terminals.err();
        this.coloured = coloured;
    }

    static Output standard(Terminals terminals) {
        return new Output(
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                terminals,
                wantsColours(System.getenv("NO_COLOR"), System.getenv("TERM")));
    }

    /** Source: no-color.org, and what terminals call themselves that can do nothing. */
    private static boolean wantsColours(@Nullable String noColor, @Nullable String terminal) {
        return (noColor == null || noColor.isEmpty()) && terminal != null && !terminal.equals("dumb");
    }

    /** Whether what could act on a terminal is left as it is there. By default it is not. */
    void leaveRaw(boolean on) {
        raw = on;
    }

    /** Whether a terminal that we write to is to show colours. */
    boolean isColoured() {
        return coloured;
    }

    void out(String text) throws OutputException {
        out(text, Colour.NONE);
    }

    void err(String text) throws OutputException {
        err(text, Colour.NONE);
    }

    synchronized void out(String text, Colour colour) throws OutputException {
        write(out, text, outIsTerminal, colour);
        noteLineStart(text);
    }

    synchronized void err(String text, Colour colour) throws OutputException {
        write(err, text, errIsTerminal, colour);
        if (errIsTerminal) {
            noteLineStart(text);
        }
    }

    /** What may be shown on a terminal of a text that the server sent. */
    String harmless(String text) {
        return raw ? text : TerminalText.neutralise(text);
    }

    /** Says something of our own, in a line of its own as far as a terminal is concerned. */
    synchronized void message(String line) throws OutputException {
        err((errIsTerminal && !atLineStart ? "\n" : "") + "manhole-cli: " + line + "\n");
    }

    /** Ends a line that the evaluated code left unfinished, so that a prompt has its own. For a terminal only. */
    synchronized void startLine() throws OutputException {
        if (!atLineStart) {
            out("\n");
        }
    }

    private void noteLineStart(String text) {
        if (!text.isEmpty()) {
            atLineStart = text.endsWith("\n");
        }
    }

    private void write(OutputStream stream, String text, boolean terminal, Colour colour) throws OutputException {
        String shown = terminal ? harmless(text) : text;
        try {
            stream.write((terminal && coloured ? colour.paint(shown) : shown).getBytes(StandardCharsets.UTF_8));
            stream.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    /** Our own output cannot be written: the disk is full, or its reader has gone. */
    static final class OutputException extends IOException {

        private static final long serialVersionUID = 1L;

        OutputException(IOException cause) {
            super(cause.getMessage(), cause);
        }

        /** A reader that has read enough, such as head, is no error. */
        boolean readerHasGone() {
            return String.valueOf(getMessage()).contains("Broken pipe");
        }
    }
}
