package io.manhole.cli;

import java.io.Closeable;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The address of a socket whose path may be longer than an address can be, as below {@code /proc/PID/root}. For such a one
 * there is, until this is closed, a symbolic link in a folder that nobody else can write to.
 */
final class SocketAddressLink implements Closeable {

    /** {@code sun_path} has 108 bytes on Linux, of which the JDK uses these. */
    private static final int MAX_PATH_BYTES = 106;

    private final Path path;
    private final @Nullable Path folder;

    private SocketAddressLink(Path path, @Nullable Path folder) {
        this.path = path;
        this.folder = folder;
    }

    static SocketAddressLink to(Path socket) throws IOException {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES) {
            return new SocketAddressLink(socket, null);
        }
        Path folder = Files.createTempDirectory("manhole-cli"); // mode 0700
        SocketAddressLink link = new SocketAddressLink(folder.resolve("socket"), folder);
        try {
            Files.createSymbolicLink(link.path, socket.toAbsolutePath());
        } catch (IOException e) {
            link.close();
            throw e;
        }
        return link;
    }

    UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(path);
    }

    @Override
    public void close() throws IOException {
        if (folder != null) {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
    }
}
