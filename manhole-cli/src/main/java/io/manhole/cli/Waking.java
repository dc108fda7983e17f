package io.manhole.cli;

import java.io.IOException;

/** Opens a process's dormant manhole. */
interface Waking {

    /**
     * Asks the process to open it, and does not wait until it has.
     *
     * @throws ClientException when that is refused or fails
     */
    void wake() throws ClientException, IOException, InterruptedException;

    /** What is done, for a message: what follows <i>within 10 s after</i>. */
    String describe();
}
