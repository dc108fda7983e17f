package io.manhole.repl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the evaluation of one text ended. */
public sealed interface EvalResult {

    /**
     * The text had a value.
     *
     * @param value the value, which may be null
     * @param type its static type as the engine's language writes it, or null if the engine does not know
     */
    record Value(@Nullable Object value, @Nullable String type) implements EvalResult {}

    /** The text was run and has no value: a declaration, a statement, or an expression of Unit or void. */
    record NoValue() implements EvalResult {}

    /** The text is the beginning of something longer; nothing was run. */
    record Incomplete() implements EvalResult {}

    /**
     * The text cannot be compiled; nothing was run.
     *
     * @param diagnostics at least one error, in the order of their positions
     */
    record Rejected(List<Diagnostic> diagnostics) implements EvalResult {
        /** Copies the list. */
        public Rejected {
            diagnostics = List.copyOf(diagnostics);
        }
    }

    /**
     * The evaluated code threw. Declarations of the text do not come into being, effects it had before remain.
     *
     * @param thrown what the evaluated code threw, unwrapped, with its stack trace untouched
     */
    record Failed(Throwable thrown) implements EvalResult {}
}
