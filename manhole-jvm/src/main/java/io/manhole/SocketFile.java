package io.manhole;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The rules about the path of the socket: where it may be, what may be removed from there, whose it must be.
 *
 * <p>Nothing is ever unlinked here that was not proved to be a dead socket of our own user, or our own inode.
 */
final class SocketFile {

    /** {@code sun_path} has 108 bytes on Linux; both socket libraries keep two of them to themselves. */
    private static final int MAX_PATH_BYTES = 106;

    private static final int S_ISVTX = 01000;
    private static final int S_IWOTH = 02;

    private final Path path;

    SocketFile(Path path) {
        this.path = path;
    }

    /** Where python-manhole's users look for it. */
    static Path defaultPath() {
        return Path.of("/tmp/manhole-" + ProcessHandle.current().pid());
    }

    Path path() {
        return path;
    }

    /** Throws if no socket could ever be bound here. */
    void check() throws IOException {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH_BYTES) {
            throw new IOException("the socket path is " + length + " bytes long, the system's limit is "
                    + MAX_PATH_BYTES + "; choose a shorter one with socketPath(): " + path);
        }
        checkFolder();
    }

    /** Throws unless a socket can be bound here, having removed a dead one of this user's that is in the way. */
    void makeWay(ProcessUser user) throws IOException {
        check();
        FileStat found = stat(path);
        if (found != null) {
            removeIfDead(found, user);
        }
    }

    /** Narrows the mode of the socket just bound, and remembers nothing: who asks gets the inode that is there. */
    FileStat restrict() throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        FileStat bound = stat(path);
        if (bound == null || !bound.isSocket()) {
            throw new IOException("the socket just bound is not at " + path + ": somebody removed or replaced it");
        }
        return bound;
    }

    /** Whether the socket we bound is still what lies at the path. */
    boolean isStill(FileStat bound) throws IOException {
        @Nullable FileStat found = stat(path);
        return found != null && found.isSameFile(bound);
    }

    /** Whether nothing at all lies at the path. */
    boolean isGone() throws IOException {
        return stat(path) == null;
    }

    /** Removes the socket we bound, if it is still there; whatever else lies at the path stays. */
    void remove(FileStat bound) throws IOException {
        if (isStill(bound)) {
            Files.deleteIfExists(path);
        }
    }

    private void checkFolder() throws IOException {
        Path folder = path.getParent();
        if (folder == null) {
            throw new IOException("not a path for a socket: " + path);
        }
        FileStat stat;
        try {
            stat = FileStat.of(folder.toRealPath());
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(
                    folder.toString(),
                    null,
                    "the folder of the socket does not exist; create it, or change socketPath()");
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        if ((stat.mode() & S_IWOTH) != 0 && (stat.mode() & S_ISVTX) == 0) {
            throw new IOException("everybody may replace files in " + folder
                    + " (mode " + stat.permissions()
                    + "), so a socket there could be another's; take away the write permission of others, or set the"
                    + " sticky bit");
        }
    }

    private void removeIfDead(FileStat found, ProcessUser user) throws IOException {
        if (!found.isSocket()) {
            throw new FileAlreadyExistsException(
                    path.toString(),
                    null,
                    "is in the way and is no socket; it was left alone. Move it, or change socketPath()");
        }
        if (found.uid() != user.uid()) {
            throw new FileAlreadyExistsException(
                    path.toString(),
                    null,
                    "is a socket of the user with uid " + found.uid() + ", not ours (uid " + user.uid()
                            + "); it was left alone. Change socketPath()");
        }
        if (isLive()) {
            throw new FileAlreadyExistsException(
                    path.toString(),
                    null,
                    "is a live socket: another process, or another manhole of this one, listens there. Change socketPath()");
        }
        remove(found);
    }

    /** A socket that nobody listens on refuses the connection; everything else is taken for a sign of life. */
    private boolean isLive() {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Non-blocking: a listener whose backlog is full would otherwise hold us up for as long as it pleases.
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (java.net.ConnectException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static @Nullable FileStat stat(Path path) throws IOException {
        try {
            return FileStat.of(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
