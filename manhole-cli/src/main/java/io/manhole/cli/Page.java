package io.manhole.cli;

/** How much of a text a screen has room for. */
final class Page {

    private Page() {}

    /**
     * Where the first page ends.
     *
     * @param rows of the screen; with fewer than 8 there is no page, and the text is shown whole
     * @param columns of the screen; a longer line takes several rows
     * @return the end of a line, or, of a line that alone is more than a page, a place in it
     */
    static int end(String text, int rows, int columns) {
        int room = rows - 4; // for the prompt, what was typed, the hint
        if (rows < 8 || columns < 1) {
            return text.length();
        }
        int start = 0;
        while (start < text.length()) {
            int lineEnd = text.indexOf('\n', start);
            lineEnd = lineEnd < 0 ? text.length() : lineEnd;
            int needed = Math.max(1, (lineEnd - start + columns - 1) / columns);
            if (needed > room) {
                return start == 0 ? wholeCharacters(text, room * columns) : start - 1;
            }
            room -= needed;
            start = lineEnd + 1;
        }
        return text.length();
    }

    private static int wholeCharacters(String text, int end) {
        return Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end;
    }
}
