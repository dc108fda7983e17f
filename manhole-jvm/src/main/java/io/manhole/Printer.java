package io.manhole;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns values into text. Runs their own {@code toString}, so it belongs on an evaluating thread. */
final class Printer {

    private Printer() {}

    /** As {@link #print(Object, PrintLimits, BooleanSupplier)}, as at a prompt, and without an end before its time. */
    static String print(@Nullable Object value) {
        return print(value, PrintLimits.PROMPT, () -> false);
    }

    /**
     * The text of a value. A failing {@code toString} is described in its place.
     *
     * @param stopped whether the user has had enough: asked between any two parts of the value
     * @throws java.util.concurrent.CancellationException if so
     */
    static String print(@Nullable Object value, PrintLimits limits, BooleanSupplier stopped) {
        PrintedText text = new PrintedText(limits.chars());
        print(value, text, limits, stopped);
        return text.toString();
    }

    /** As {@link #print(Object, PrintLimits, BooleanSupplier)}, with the text added to another. */
    static void print(@Nullable Object value, PrintedText text, PrintLimits limits, BooleanSupplier stopped) {
        new ValueText(text, limits, stopped).add(value);
    }

    /** What the supplier says about the subject; a failure of the subject's own code becomes a description of both. */
    static String safely(Object subject, Supplier<@Nullable String> code) {
        try {
            return String.valueOf(code.get());
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError | AssertionError e) {
            return "<" + subject.getClass().getName() + ", whose toString() threw " + failure(e) + ">";
        }
    }

    /** The class and the message, if that can be had; on one line. */
    static String failure(Throwable thrown) {
        String name = thrown.getClass().getName();
        try {
            @Nullable String message = thrown.getMessage();
            return message == null ? name : name + ": " + Printable.line(message, 200);
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            return name;
        }
    }

    /** Class and identity, without a call of the object's own code. */
    static String identity(Object value) {
        return simpleName(value.getClass()) + "@" + Integer.toHexString(System.identityHashCode(value));
    }

    /** The name without its package; what an anonymous class has in place of one. */
    static String simpleName(Class<?> type) {
        String name = type.getTypeName();
        String prefix = type.getPackageName() + ".";
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }
}
