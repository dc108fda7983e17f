package io.manhole;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jshell.Snippet;
import jdk.jshell.VarSnippet;

/**
 * Which line of the user's text a line of a compiled class is. JShell puts the text, or a variable's initializer alone, into a
 * class of its making, some lines below that class's beginning; it tells how only for diagnostics.
 *
 * @param text the number of the text, from 1
 * @param linesBefore lines of the text before the snippet
 * @param lines lines of the snippet
 * @param shift what to take off, besides the line on which the class begins
 */
record SnippetLines(int text, int linesBefore, int lines, int shift) {

    /** The class that JShell puts around a snippet, and the snippet's number; then a class of the user's within. */
    private static final Pattern WRAPPER = Pattern.compile("(REPL\\.\\$JShell\\$(\\d+)[A-Z]*)(\\$.*)?");

    private static final Pattern INITIALIZER = Pattern.compile("=(?:\\s|//.*|/\\*(?s:.*?)\\*/)*");

    static SnippetLines of(Snippet snippet, int text, int linesBefore) {
        String source = snippet.source();
        int lines = (int) source.lines().count();
        int shift = 1;
        if (snippet instanceof VarSnippet variable) {
            shift = 4;
            if (variable.subKind() == Snippet.SubKind.VAR_DECLARATION_WITH_INITIALIZER_SUBKIND) {
                Matcher initializer = INITIALIZER.matcher(source);
                int before = initializer.find() ? initializer.end() : 0;
                shift -= (int) source.substring(0, before)
                                .chars()
                                .filter(c -> c == '\n')
                                .count()
                        + 1;
            }
        }
        return new SnippetLines(text, linesBefore, lines, shift);
    }

    /** The class around a snippet for it or a class within; empty for others. */
    static String wrapper(String className) {
        Matcher matcher = WRAPPER.matcher(className);
        return matcher.matches() ? matcher.group(1) : "";
    }

    /** JShell's number of a snippet, the same for all classes made from it; empty for classes of other origin. */
    static String number(String className) {
        Matcher matcher = WRAPPER.matcher(className);
        return matcher.matches() ? matcher.group(2) : "";
    }

    /** For a class that begins on a line. */
    SnippetLoader.Source source(int classLine) {
        return new SnippetLoader.Source(
                "snippet " + text, line -> linesBefore + Math.max(1, Math.min(lines, line - classLine - shift)));
    }
}
