package io.manhole;

import java.util.Locale;

/** Numbers as people read them. */
final class Amounts {

    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};

    private Amounts() {}

    /** {@code 512 B}, {@code 1.5 MB}; a kilobyte has 1024 bytes. Negative amounts are unknown ones. */
    static String bytes(long bytes) {
        if (bytes < 0) {
            return "?";
        }
        double amount = (double) bytes;
        int unit = 0;
        while (amount >= 1023.95 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
    }

    /** {@code 350 ms}, {@code 3.2 s}, {@code 5 min 2 s}, {@code 2 d 3 h 4 min}. */
    static String time(long millis) {
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        long minutes = millis / 60_000;
        if (minutes < 60) {
            return minutes + " min " + millis / 1000 % 60 + " s";
        }
        long hours = minutes / 60;
        String rest = hours % 24 + " h " + minutes % 60 + " min";
        return hours < 24 ? rest : hours / 24 + " d " + rest;
    }

    static String tenths(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }
}
