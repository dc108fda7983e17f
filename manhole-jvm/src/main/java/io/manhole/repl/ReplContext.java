package io.manhole.repl;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What a session offers to the code evaluated in it. Safe for use by any thread. */
public interface ReplContext {

    /**
     * The application's objects by the name under which evaluated code sees them. Names are Java identifiers, but may be
     * keywords of the engine's language; values may be null and of any class, public or not.
     *
     * @return an unmodifiable map in the order in which the application gave the names
     */
    Map<String, @Nullable Object> bindings();

    /**
     * Functions that every prompt has, such as {@code exit()}; a binding of the same name hides the command.
     *
     * @return an unmodifiable list
     */
    List<ReplCommand> commands();

    /**
     * The loader through which evaluated code sees the application's classes.
     *
     * @return never null
     */
    ClassLoader classLoader();

    /**
     * Runs evaluated code where the application wants it: on the calling thread, or on an executor of the application's
     * while the calling thread waits. For the user's code alone, from within {@link Repl#eval}: what the engine itself has to
     * do, such as compiling, would hold up the application there.
     *
     * @param code is run once, or not at all when the evaluation is interrupted before its turn has come
     * @return what the code returns
     * @throws Exception what the code throws, unchanged, Errors included;
     *     {@link java.util.concurrent.CancellationException} if it was not run
     */
    default @Nullable Object call(Callable<? extends @Nullable Object> code) throws Exception {
        return code.call();
    }

    /**
     * How long what an engine shares between sessions, such as its compiler, may stay in memory after the last of them, so
     * that the next one need not wait for it.
     *
     * @return zero for not at all, which is what contexts made by hand have
     */
    default Duration engineKeepAlive() {
        return Duration.ZERO;
    }

    /**
     * Makes the text that the user will see of a value. To be called by the engine from within {@link #call}, right after the
     * code that has the value, and while an interrupt still reaches the code: printing runs the value's own methods,
     * which may be the user's, and may run for ever. A session whose engine does not call this prints the value when {@link
     * Repl#eval} has returned it.
     *
     * <p>Blocks for as long as printing takes. Never throws: what the value's methods throw becomes part of its text.
     *
     * @param value what {@link EvalResult.Value} will hold
     */
    default void print(@Nullable Object value) {}

    /**
     * Tells the user of this session something about its names or surroundings, for example that a binding hides a
     * built-in name. Does not block and never throws.
     *
     * @param message one line, without a line end
     */
    void warn(String message);
}
