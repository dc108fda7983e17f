package io.manhole;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A bound socket at which clients arrive, and the rule about who they may be. */
interface Endpoint extends AutoCloseable {

    /** Where clients connect. */
    SocketAddress address();

    /** What is spoken here. */
    Dialect dialect();

    /**
     * Waits for the next client.
     *
     * @return null if none came within a while
     */
    @Nullable
    PeerSocket accept() throws IOException;

    /** Why this client may not connect, or null if it may. */
    @Nullable
    String objection(PeerCredentials peer);

    /**
     * Looks whether clients can still get here, and mends it if they cannot.
     *
     * @return whether there was something to mend
     */
    boolean repair() throws IOException;

    /** Frees a thread in {@link #accept}, and leaves nothing of the socket behind. Idempotent. */
    @Override
    void close() throws IOException;
}
