package io.manhole;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Renders what evaluated code threw, down to the user's own first frame: what lies below is the manhole's. */
final class StackTraces {

    /** Packages whose frames below the user's code are the way in: the session, the engine, reflection. */
    private static final List<String> WAY_IN = List.of(
            "io.manhole.",
            "java.lang.reflect.",
            "jdk.internal.reflect.",
            "java.lang.invoke.",
            "javax.script.",
            "java.lang.Thread");

    /** Who calls the user's code, and is never called by it: an executor's frames may lie below. */
    private static final List<String> ENGINES = List.of("io.manhole.kotlin.engine.", "io.manhole.JShellRepl");

    /** A StackOverflowError has 1024 frames, all alike. */
    private static final int MAX_FRAMES = 64;

    private StackTraces() {}

    /** Calls the throwable's own methods, which may throw whatever they like: that is then a part of the text. */
    static String render(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        append(text, thrown, "", "", Collections.newSetFromMap(new IdentityHashMap<>()));
        return text.toString();
    }

    private static void append(
            StringBuilder text, Throwable thrown, String indent, String caption, Set<Throwable> seen) {
        text.append(indent).append(caption);
        if (!seen.add(thrown)) {
            text.append("(see above) ").append(thrown.getClass().getName()).append('\n');
            return;
        }
        text.append(Printer.safely(thrown, thrown::toString)).append('\n');
        appendFrames(text, thrown.getStackTrace(), indent);
        for (Throwable suppressed : thrown.getSuppressed()) {
            append(text, suppressed, indent + "    ", "Suppressed: ", seen);
        }
        @Nullable Throwable cause = thrown.getCause();
        if (cause != null) {
            append(text, cause, indent, "Caused by: ", seen);
        }
    }

    private static void appendFrames(StringBuilder text, StackTraceElement[] frames, String indent) {
        int end = 0;
        while (end < frames.length && !isEngine(frames[end])) {
            end++;
        }
        while (end > 0 && isWayIn(frames[end - 1])) {
            end--;
        }
        int shown = Math.min(end, MAX_FRAMES);
        for (int i = 0; i < shown; i++) {
            text.append(indent).append("    at ").append(Frames.text(frames[i])).append('\n');
        }
        if (end > shown) {
            text.append(indent).append("    ... ").append(end - shown).append(" more\n");
        }
    }

    private static boolean isEngine(StackTraceElement frame) {
        return ENGINES.stream().anyMatch(frame.getClassName()::startsWith);
    }

    private static boolean isWayIn(StackTraceElement frame) {
        return WAY_IN.stream().anyMatch(frame.getClassName()::startsWith);
    }
}
