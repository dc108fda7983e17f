package io.manhole.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

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
    /** Guarded by this. */
    private boolean atLineStart = true;

    Output(OutputStream out, boolean outIsTerminal, OutputStream err, boolean errIsTerminal) {
        this.out = out;
        this.outIsTerminal = outIsTerminal;
        this.err = err;
        this.errIsTerminal = errIsTerminal;
    }

    static Output standard(Terminals terminals) {
        return new Output(
                new FileOutputStream(FileDescriptor.out),
                terminals.out(),
                new FileOutputStream(FileDescriptor.err),
                terminals.err());
    }

    synchronized void out(String text) throws OutputException {
        write(out, text, outIsTerminal);
        noteLineStart(text);
    }

    synchronized void err(String text) throws OutputException {
        write(err, text, errIsTerminal);
        if (errIsTerminal) {
            noteLineStart(text);
        }
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

    private static void write(OutputStream stream, String text, boolean terminal) throws OutputException {
        try {
            stream.write((terminal ? TerminalText.neutralise(text) : text).getBytes(StandardCharsets.UTF_8));
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
