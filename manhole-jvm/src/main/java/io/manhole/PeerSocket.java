package io.manhole;

import java.io.IOException;

/**
 * One accepted connection. One thread reads, one writes, any may close; interrupting one of them does not hurt the
 * connection.
 */
interface PeerSocket extends AutoCloseable {

    PeerCredentials credentials() throws IOException;

    /**
     * Reads at least one byte.
     *
     * @param timeoutMillis how long to wait, 0 for ever
     * @return the number of bytes, -1 at the end of the input, 0 if the time is up
     */
    int read(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException;

    /** Writes all of it; blocks for as long as the peer does not read. */
    void write(byte[] buffer, int offset, int length) throws IOException;

    /**
     * After the end of the input: whether the peer is gone, as opposed to having closed its sending half only.
     *
     * @return false also where the system cannot tell
     */
    boolean hungUp();

    /** Tells the peer that no more will come; it may still send. */
    void shutdownOutput() throws IOException;

    /** Frees the reading and the writing thread. */
    @Override
    void close();
}
