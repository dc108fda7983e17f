package io.manhole;

import java.util.ArrayList;
import java.util.List;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;

/**
 * A text taken apart into what JShell evaluates at a time: one statement, expression or declaration.
 *
 * @param units the complete ones, in order
 * @param rest where the text goes on that is not complete; the text's length if all of it is
 */
record SnippetText(String text, List<Unit> units, int rest) {

    /**
     * One of them.
     *
     * @param source its text, with a semicolon added where it is needed
     * @param offset where it begins
     */
    record Unit(String source, int offset) {}

    static SnippetText of(String text, SourceCodeAnalysis analysis) {
        List<Unit> units = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            String rest = text.substring(at);
            CompletionInfo info = analysis.analyzeCompletion(rest);
            if (info.completeness() == Completeness.EMPTY) {
                break;
            }
            if (!info.completeness().isComplete()) {
                return new SnippetText(text, List.copyOf(units), at);
            }
            units.add(new Unit(info.source(), at));
            // Text that is no Java at all is one unit: compiling it tells what is wrong.
            at = Math.max(at + 1, text.length() - info.remaining().length());
        }
        return new SnippetText(text, List.copyOf(units), text.length());
    }

    boolean isComplete() {
        return rest == text.length();
    }

    /**
     * Divides a unit where a line's end stands for a missing semicolon, as it does when lines come one by one.
     *
     * @param end where the compiler misses the semicolon, in the unit
     * @return the two parts, or nothing if this is no such place
     */
    static List<Unit> divide(Unit unit, int end, SourceCodeAnalysis analysis) {
        String source = unit.source();
        int lineEnd = source.indexOf('\n', end);
        if (end <= 0 || lineEnd < 0 || !source.substring(end, lineEnd).isBlank()) {
            return List.of();
        }
        CompletionInfo first = analysis.analyzeCompletion(source.substring(0, end));
        if (!first.completeness().isComplete() || first.completeness() == Completeness.UNKNOWN) {
            return List.of();
        }
        return List.of(new Unit(first.source(), unit.offset()), new Unit(source.substring(end), unit.offset() + end));
    }

    /** The line of an offset, from 1. */
    int line(int offset) {
        int line = 1;
        for (int i = 0; i < Math.min(offset, text.length()); i++) {
            if (text.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }

    /** The column of an offset, from 1. */
    int column(int offset) {
        int within = Math.min(offset, text.length());
        return within - text.lastIndexOf('\n', within - 1);
    }
}
