package io.manhole.cli;

/** Ends the client with one line on standard error and an exit status. */
final class ClientException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exitStatus;

    /**
     * @param exitStatus one of {@link ExitStatus}
     * @param message what was tried, what was found and what to do, in one line
     */
    ClientException(int exitStatus, String message) {
        super(message);
        this.exitStatus = exitStatus;
    }

    /** That is no way to call the command. */
    static ClientException usage(String message) {
        return new ClientException(ExitStatus.USAGE, message + " (manhole-cli --help shows what there is)");
    }

    int exitStatus() {
        return exitStatus;
    }
}
