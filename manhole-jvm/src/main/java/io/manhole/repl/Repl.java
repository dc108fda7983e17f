package io.manhole.repl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One session's engine: it keeps the declarations made in the session and evaluates the next piece of text.
 *
 * <p>{@link #eval} is called by one thread at a time, most often always the same; see {@link #abandon} for the exception.
 * {@link #isComplete}, {@link #complete}, {@link #lookup} and {@link #interrupt} may be called by other threads, also during an
 * evaluation.
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
     * What could stand at the cursor. Nothing is evaluated. Blocks for as long as the compiler needs; ends early, without
     * candidates, when the thread is interrupted, which stays noted.
     *
     * @param text what the user has typed so far
     * @param cursor an offset into the text, in chars, from 0 to its length
     * @return the candidates, best first; empty when there are none or the engine cannot complete
     */
    default List<Completion> complete(String text, int cursor) {
        return List.of();
    }

    /**
     * What is known of the name at the cursor, or just before it. Nothing is evaluated. Blocks for as long as the compiler
     * needs, and for reading sources; ends early, without an answer, when the thread is interrupted, which stays noted.
     *
     * @param text what the user has typed so far
     * @param cursor an offset into the text, in chars, from 0 to its length
     * @return null when there is no name or it stands for nothing, and from engines that cannot say
     */
    default @Nullable SymbolInfo lookup(String text, int cursor) {
        return null;
    }

    /**
     * Asks the evaluation that is under way to stop. The caller interrupts the evaluating thread as well, after this
     * call, so an engine need do here only what that does not. Returns at once; does nothing when nothing is evaluated.
     */
    void interrupt();

    /**
     * Goes on without the evaluation that is under way, which was interrupted and does not stop. From now on that evaluation
     * changes nothing that later ones see of the session's declarations, and it is stopped as soon as it can be; {@link #eval}
     * may be called by another thread at once, although the call that was left behind has not returned. Does not block. When nothing
     * is evaluated, there is nothing to do.
     *
     * @param evaluator the thread that runs the user's code: the one that called {@link #eval}, or the one to which {@link
     *     ReplContext#call} took it
     * @return true if the session goes on with all that was declared before; false if this engine cannot, and is to be closed
     *     in favour of a new one
     */
    default boolean abandon(Thread evaluator) {
        return false;
    }

    /**
     * Gives up all that the session holds. Idempotent. An evaluation still running is not waited for; what it does
     * afterwards is undefined, short of harming the application.
     */
    @Override
    void close();
}
