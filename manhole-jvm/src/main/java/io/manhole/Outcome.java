package io.manhole;

import org.jspecify.annotations.Nullable;

/**
 * How an evaluation ended, in words: nothing in it belongs to the application any more, so any thread may handle it.
 *
 * @param kind how it ended
 * @param text the printed value, the diagnostics or the stack trace; empty where there is nothing to say
 * @param type the value's static type, if the engine knows it
 * @param truncated whether the value's text ends where the client's quota does, and would go on
 * @param thrown the class name of what was thrown, for {@link Kind#FAILED}
 * @param rootCause the class name of the last cause of what was thrown, for {@link Kind#FAILED}
 */
record Outcome(
        Kind kind,
        String text,
        @Nullable String type,
        boolean truncated,
        @Nullable String thrown,
        @Nullable String rootCause) {

    enum Kind {
        VALUE("value"),
        NO_VALUE("no value"),
        INCOMPLETE("incomplete"),
        REJECTED("rejected"),
        FAILED("failed"),
        INTERRUPTED("interrupted"),
        EXIT("exit");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    static final Outcome NO_VALUE = of(Kind.NO_VALUE, "");
    static final Outcome INCOMPLETE = of(Kind.INCOMPLETE, "");
    static final Outcome EXIT = of(Kind.EXIT, "");
    static final Outcome INTERRUPTED = of(Kind.INTERRUPTED, "interrupted\n");

    static Outcome of(Kind kind, String text) {
        return new Outcome(kind, text, null, false, null, null);
    }

    static Outcome value(String text, @Nullable String type, boolean truncated) {
        return new Outcome(Kind.VALUE, text, type, truncated, null, null);
    }

    static Outcome failed(Throwable thrown) {
        Throwable root = thrown;
        for (int i = 0; i < 100 && root.getCause() != null; i++) { // a chain of causes may be a ring
            root = root.getCause();
        }
        return new Outcome(
                Kind.FAILED,
                PrintedText.cut(StackTraces.render(thrown), PrintLimits.PROMPT.chars())
                                .stripTrailing() + "\n",
                null,
                false,
                thrown.getClass().getName(),
                root.getClass().getName());
    }
}
