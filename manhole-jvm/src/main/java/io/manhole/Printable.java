package io.manhole;

/**
 * Text of unknown origin made fit for one line: names of threads and classes, and snippets, hold whatever somebody put into
 * them, escape sequences for terminals and line ends included.
 */
final class Printable {

    private Printable() {}

    /** The text on one line, with control, format and line-separating characters escaped. */
    static String line(String text) {
        return escaped(text, false);
    }

    /** As {@link #line(String)}, but no longer than {@code max} chars: what is cut off is replaced by three dots. */
    static String line(String text, int max) {
        String head = text.length() > max ? text.substring(0, max) : text;
        String line = escaped(head, false);
        return line.length() > max || head.length() < text.length()
                ? line.substring(0, Math.min(line.length(), Math.max(0, max - 3))) + "..."
                : line;
    }

    /**
     * The text in quotes, so escaped that it can be told where it ends and that nothing in it can pass for what follows.
     *
     * @param max as many chars of the text are taken; three dots behind the quotes tell that there are more
     */
    static String quoted(String text, int max) {
        boolean cut = text.length() > max;
        return '"' + escaped(cut ? text.substring(0, max) : text, true) + '"' + (cut ? "..." : "");
    }

    private static String escaped(String text, boolean inQuotes) {
        StringBuilder line = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (inQuotes && (c == '"' || c == '\\')) {
                line.append('\\').append((char) c);
            } else if (c == '\n') {
                line.append("\\n");
            } else if (c == '\r') {
                line.append("\\r");
            } else if (c == '\t') {
                line.append("\\t");
            } else if (isHarmless(c)) {
                line.appendCodePoint(c);
            } else {
                appendEscaped(line, c);
            }
            i += Character.charCount(c);
        }
        return line.toString();
    }

    /** A loop, not String.format: audit lines are written at each evaluation. */
    private static void appendEscaped(StringBuilder line, int codePoint) {
        for (char unit : Character.toChars(codePoint)) {
            line.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
                line.append(Character.forDigit((unit >> shift) & 0xf, 16));
            }
        }
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT, // among them those that turn the direction of writing
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
