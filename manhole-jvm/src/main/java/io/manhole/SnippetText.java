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
            int end = text.length() - info.remaining().length();
            if (info.completeness() == Completeness.UNKNOWN) {
                String part = wholeLines(rest, analysis);
                end = at + part.length();
                info = analysis.analyzeCompletion(part);
            }
            if (info.completeness() == Completeness.EMPTY) {
                break;
            }
            if (!info.completeness().isComplete()) {
                return new SnippetText(text, List.copyOf(units), at);
            }
            units.add(new Unit(info.source(), at));
            at = Math.max(end, at + 1);
        }
        return new SnippetText(text, List.copyOf(units), text.length());
    }

    boolean isComplete() {
        return rest == text.length();
    }

    /** Where a line's end stands for a missing semicolon, as it does when lines come one by one; else all of it. */
    private static String wholeLines(String text, SourceCodeAnalysis analysis) {
        String whole = text;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
            String lines = text.substring(0, end);
            Completeness completeness = analysis.analyzeCompletion(lines).completeness();
            if (completeness == Completeness.COMPLETE || completeness == Completeness.COMPLETE_WITH_SEMI) {
                whole = lines;
            } else if (completeness == Completeness.UNKNOWN) {
                break;
            }
        }
        return whole;
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
