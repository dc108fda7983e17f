package io.manhole.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Shows what comes of evaluations. For any thread: a thread that outlives its evaluation prints when it likes. */
interface ResultView {

    /** What code printed. */
    void out(String text) throws IOException;

    /** What code printed to its standard error, a stack trace, or why there was no evaluation. */
    void err(String text) throws IOException;

    /**
     * The value of the text evaluated.
     *
     * @param type as the session's language writes it, or null if the server does not know
     */
    void value(String text, @Nullable String type) throws IOException;

    /** The evaluation threw; its trace has come as {@link #err}. */
    default void exception(String exception) throws IOException {}

    /** The last of an evaluation. */
    default void ended(Outcome outcome) throws IOException {}
}
