package io.manhole;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns values into text. Runs their own {@code toString}, so it belongs on an evaluating thread. */
final class Printer {

    private Printer() {}

    /** Never throws: a failing {@code toString} is described instead. */
    static String print(@Nullable Object value) {
        return value == null ? "null" : safely(value, () -> text(value));
    }

    /** What the supplier says about the subject; an exception of the subject's own code becomes a description of both. */
    static String safely(Object subject, Supplier<@Nullable String> code) {
        try {
            return String.valueOf(code.get());
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            return "<" + subject.getClass().getName() + ", whose toString() threw "
                    + e.getClass().getName() + ">";
        }
    }

    private static String text(Object value) {
        if (!value.getClass().isArray()) {
            return value.toString();
        }
        String wrapped = Arrays.deepToString(new Object[] {value});
        return wrapped.substring(1, wrapped.length() - 1);
    }
}
