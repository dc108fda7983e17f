package io.manhole;

/** Bytes as sixteen to a line: where, in hexadecimal, and as ASCII. */
final class HexDump {

    private static final int WIDTH = 16;

    private HexDump() {}

    static String of(byte[] bytes, int max) {
        StringBuilder text = new StringBuilder();
        int end = Math.min(bytes.length, max);
        for (int from = 0; from < end; from += WIDTH) {
            appendLine(text, bytes, from, Math.min(end, from + WIDTH));
        }
        if (end < bytes.length) {
            text.append("… ").append(bytes.length - end).append(" more bytes\n");
        }
        return text.toString();
    }

    private static void appendLine(StringBuilder text, byte[] bytes, int from, int end) {
        for (int shift = 28; shift >= 0; shift -= 4) {
            text.append(Character.forDigit(from >> shift & 0xf, 16));
        }
        text.append(' ');
        for (int i = from; i < from + WIDTH; i++) {
            text.append(i % WIDTH == WIDTH / 2 ? "  " : " ");
            text.append(i < end ? hex(bytes[i]) : "  ");
        }
        text.append("  |");
        for (int i = from; i < end; i++) {
            text.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '.');
        }
        text.append("|\n");
    }

    /** Two digits. */
    static String hex(byte b) {
        return "" + Character.forDigit(b >> 4 & 0xf, 16) + Character.forDigit(b & 0xf, 16);
    }
}
