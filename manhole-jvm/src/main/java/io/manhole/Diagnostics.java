package io.manhole;

import io.manhole.repl.Diagnostic;
import java.util.List;

/** Shows what a compiler objects to, with the line of the text and a caret below the place. */
final class Diagnostics {

    private Diagnostics() {}

    static String render(String text, List<Diagnostic> diagnostics) {
        String[] lines = text.split("\n", -1);
        StringBuilder rendered = new StringBuilder();
        for (Diagnostic diagnostic : diagnostics) {
            String severity = diagnostic.severity() == Diagnostic.Severity.ERROR ? "error" : "warning";
            rendered.append(diagnostic.line())
                    .append(':')
                    .append(diagnostic.column())
                    .append(": ")
                    .append(severity)
                    .append(": ")
                    .append(diagnostic.message())
                    .append('\n');
            if (diagnostic.line() >= 1 && diagnostic.line() <= lines.length) {
                appendPlace(rendered, lines[diagnostic.line() - 1], diagnostic.column());
            }
        }
        return rendered.toString();
    }

    /** A line of a megabyte helps nobody: a window around the place will do. */
    private static void appendPlace(StringBuilder rendered, String line, int column) {
        int at = Math.min(Math.max(column - 1, 0), line.length());
        int from = Math.max(0, at - 80);
        int to = Math.min(line.length(), at + 80);
        String before = line.substring(from, at).replaceAll("[^\t]", " ");
        rendered.append("    ").append(line, from, to).append('\n');
        rendered.append("    ").append(before).append("^\n");
    }
}
