package io.manhole;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A bound, listening unix domain socket: of junixsocket, or of the JDK where junixsocket's native library cannot load. */
interface UnixServer extends AutoCloseable {

    /**
     * Waits for the next client.
     *
     * @return null if none came within a while; the caller then looks after the socket file and calls again
     */
    @Nullable
    PeerSocket accept() throws IOException;

    /** Frees a thread in {@link #accept}. Leaves the socket file alone. */
    @Override
    void close() throws IOException;

    /** Binds and listens. The path must be free. */
    static UnixServer bind(Path path) throws IOException {
        return Junixsocket.isSupported() ? JunixServer.bind(path) : JdkServer.bind(path);
    }
}
