package io.manhole;

/**
 * What happens on a connection that passed the check of its credentials.
 *
 * <p>A handler of the application's own speaks whatever it likes over the connection's streams. Nothing is redirected for
 * it, no stack dump is printed, and no engine is opened.
 */
@FunctionalInterface
public interface ConnectionHandler {

    /** Stack dump, banner and prompt, in the dialect of the options: the default. */
    ConnectionHandler REPL = new ReplHandler();

    /**
     * Runs each line and answers nothing: no dump, no prompt, no redirection. What evaluated code prints stays in the
     * application, the lines are logged, {@code exit()} ends the connection.
     */
    ConnectionHandler EXEC = new ExecHandler();

    /**
     * Serves one connection. The connection is closed when this returns or throws.
     *
     * @param connection the client
     * @throws Exception anything; it is told to the {@link ManholeListener}, and never reaches the application
     */
    void handle(Connection connection) throws Exception;
}
