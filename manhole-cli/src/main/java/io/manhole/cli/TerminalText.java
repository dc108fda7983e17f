package io.manhole.cli;

import java.util.Locale;

/** Makes text of unknown origin safe to show on a terminal. */
final class TerminalText {

    private TerminalText() {}

    /**
     * Makes control characters visible instead of letting them act: {@code ^[} for escape, {@code ^?} for delete,
     * {@code \u009b} for those from U+0080 to U+009F. Line feed and tab stay.
     */
    static String neutralise(String text) {
        if (text.chars().noneMatch(TerminalText::acts)) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> append(visible, (char) c));
        return visible.toString();
    }

    private static void append(StringBuilder visible, char c) {
        if (!acts(c)) {
            visible.append(c);
        } else if (c <= 0x7f) {
            visible.append('^').append((char) (c ^ 0x40));
        } else {
            visible.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
    }

    private static boolean acts(int c) {
        return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
    }
}
