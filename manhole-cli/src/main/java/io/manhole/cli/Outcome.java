package io.manhole.cli;

import java.util.Set;

/** How an evaluation ended. */
enum Outcome {
    OK(ExitStatus.OK),
    /** Thrown, rejected by the compiler, or not possible. */
    FAILED(ExitStatus.FAILED),
    INCOMPLETE(ExitStatus.FAILED),
    INTERRUPTED(ExitStatus.INTERRUPTED),
    /** The code called {@code exit()}. */
    SESSION_CLOSED(ExitStatus.OK);

    private final int exitStatus;

    Outcome(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    int exitStatus() {
        return exitStatus;
    }

    /** @param status all that the responses to one eval had in their status lists */
    static Outcome of(Set<String> status) {
        if (status.contains("interrupted")) {
            return INTERRUPTED;
        }
        if (status.contains("manhole/incomplete")) {
            return INCOMPLETE;
        }
        if (status.contains("eval-error") || status.contains("error")) {
            return FAILED;
        }
        return status.contains("session-closed") ? SESSION_CLOSED : OK;
    }
}
