package io.manhole.repl;

import java.util.List;

/**
 * One session's engine: it keeps the declarations made in the session and evaluates the next piece of text.
 *
 * <p>{@link #eval} is called by one thread at a time, most often always the same. {@link #isComplete}, {@link #complete}
 * and {@link #interrupt} may be called by other threads, also during an evaluation.
 */
public interface Repl extends AutoCloseable {

    /**
     * Compiles the text and, if that succeeds, runs it on the calling thread, with
     * {@linkplain Thread#getContextClassLoader() context class loader} and interrupt status left as they were found.
     *
     * <p>Blocks for as long as the evaluated code runs. Everything that the text is to blame for is an
     * {@link EvalResult}, Errors such as StackOverflowError and OutOfMemoryError included; an exception thrown by this
     * method is a defect of the engine, after which the session may go on.
     *
     * @param text what the user typed, of one or more lines
     * @return never null
     */
    EvalResult eval(String text);

    /**
     * Whether the text can be evaluated as it stands, rightly or wrongly, or more lines are needed to make it whole.
     * Nothing is evaluated. Blocks no longer than parsing takes.
     *
     * @param text what the user has typed so far
     * @return false when more input is needed
     */
    boolean isComplete(String text);

    /**
     * What could stand at the cursor. Nothing is evaluated.
     *
     * @param text what the user has typed so far
     * @param cursor an offset into the text, in chars, from 0 to its length
     * @return the candidates, best first; empty when there are none or the engine cannot complete
     */
    default List<Completion> complete(String text, int cursor) {
        return List.of();
    }

    /**
     * Asks the evaluation that is under way to stop. The caller interrupts the evaluating thread as well, after this
     * call, so an engine need do here only what that does not. Returns at once; does nothing when nothing is evaluated.
     */
    void interrupt();

    /**
     * Gives up all that the session holds. Idempotent. An evaluation still running is not waited for; what it does
     * afterwards is undefined, short of harming the application.
     */
    @Override
    void close();
}
