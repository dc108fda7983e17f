package io.manhole.repl;

/**
 * What a compiler has to say about a place in the text.
 *
 * @param severity how bad it is
 * @param message the compiler's message, most often one line, without position
 * @param line from 1, in the text as it was given
 * @param column from 1, in chars
 */
public record Diagnostic(Severity severity, String message, int line, int column) {

    /** How bad a diagnostic is. */
    public enum Severity {
        /** The text was not run because of this. */
        ERROR,
        /** The text was run all the same. */
        WARNING
    }
}
