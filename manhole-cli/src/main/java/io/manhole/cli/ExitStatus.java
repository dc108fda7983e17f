package io.manhole.cli;

/** What the process's exit status means; scripts depend on it. */
final class ExitStatus {

    static final int OK = 0;
    /** The evaluated code threw, was rejected by the compiler, or was incomplete. */
    static final int FAILED = 1;

    static final int USAGE = 2;
    /** No connection could be had, or it was lost. */
    static final int NO_CONNECTION = 5;
    /** The server refused us, or we refused the server. */
    static final int REFUSED = 6;
    /** The evaluation was interrupted: 128 and the number of SIGINT, as shells have it. */
    static final int INTERRUPTED = 130;

    private ExitStatus() {}
}
