package io.manhole.repl;

/**
 * An engine that can open {@link Repl}s; registered in {@code META-INF/services/io.manhole.repl.ReplProvider}.
 *
 * <p>Instances are created by {@link java.util.ServiceLoader} when the first client comes, not when the manhole is
 * installed, and must be cheap to create.
 */
public interface ReplProvider {

    /**
     * The engine's short name, such as {@code kotlin} or {@code java}; shown in the banner and told to clients.
     *
     * @return lower-case letters and digits
     */
    String name();

    /**
     * Opens a REPL for one session.
     *
     * <p>Called on the session's own thread while the stack dump is printed to the client. Expensive preparation
     * belongs on a thread of the engine's, started here, so that it is warm by the time the first line is typed.
     *
     * @param context what the session offers to evaluated code
     * @return a REPL that belongs to the caller, who closes it
     * @throws Exception when no REPL can be had; the message is shown to the client and should say what to do about it
     */
    Repl open(ReplContext context) throws Exception;

    /**
     * About how much heap the next {@link #open} will take before its session can evaluate. Where the heap has not so much to
     * spare, {@link #open} is not called: an engine that runs out of memory takes the application with it.
     *
     * @return bytes; less when what sessions share is in memory already
     */
    default long heapBytes() {
        return 0;
    }

    /**
     * Gives up what was kept for sessions to come, see {@link ReplContext#engineKeepAlive}, unless others use it; called when
     * a manhole that opened sessions here is closed. Does not block and never throws.
     */
    default void release() {}
}
