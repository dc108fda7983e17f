package io.manhole;

/** Text that grows up to a limit. What comes after is dropped, and the end says so. */
final class PrintedText {

    private final StringBuilder text = new StringBuilder();
    private final int max;
    private boolean full;

    PrintedText(int max) {
        this.max = max;
    }

    PrintedText add(String piece) {
        int room = max - text.length();
        if (full || piece.length() > room) {
            text.append(piece, 0, full ? 0 : head(piece, room));
            full = true;
        } else {
            text.append(piece);
        }
        return this;
    }

    /** Whether something was dropped already, so that there is no use in going on. */
    boolean isFull() {
        return full;
    }

    /** The text without a word about what was dropped. */
    String head() {
        return text.toString();
    }

    /** The text, no longer than {@code max} chars and a note. */
    static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int head = head(text, max);
        return text.substring(0, head) + "… " + (text.length() - head) + " more chars";
    }

    /** No character is cut in two. */
    private static int head(String text, int room) {
        return room > 0 && room < text.length() && Character.isHighSurrogate(text.charAt(room - 1)) ? room - 1 : room;
    }

    @Override
    public String toString() {
        return full ? text + "… (cut after " + max + " chars)" : text.toString();
    }
}
