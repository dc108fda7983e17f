package io.manhole;

/**
 * How much of a value is written.
 *
 * @param chars of all of it
 * @param elementChars of each text within it, so that a long one does not hide the others
 * @param entries of each collection, map and array
 * @param bytes of each byte array and buffer
 * @param depth how many collections deep
 */
record PrintLimits(int chars, int elementChars, int entries, int bytes, int depth) {

    /** For a value at the prompt. */
    static final PrintLimits PROMPT = new PrintLimits(64 << 10, 4 << 10, 100, 64, 6);

    /** For {@code show(x)}. */
    static final PrintLimits SHOW = new PrintLimits(1 << 20, 64 << 10, 1000, 16 << 10, 10);

    /** The most that a client may ask for. */
    static final int MAX_CHARS = 4 << 20;

    /** The same for somebody who has no use for more chars than that; at least 0. */
    PrintLimits withQuota(long quota) {
        return new PrintLimits((int) Math.min(quota, chars), elementChars, entries, bytes, depth);
    }

    /** The same with a limit on all of it that somebody asked for. */
    PrintLimits withChars(int wanted) {
        return new PrintLimits(Math.max(1, Math.min(wanted, MAX_CHARS)), elementChars, entries, bytes, depth);
    }
}
