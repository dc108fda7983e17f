package io.manhole.cli;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;

/**
 * Makes sure, before a byte is sent, that the one at the other end is who the user means: whoever types into a stranger's
 * socket hands over what they type, and believes what they read.
 *
 * <p>The file says who bound the socket, the peer credentials say who listens; the second cannot be forged by exchanging
 * the file between our look at it and our connecting.
 */
final class ServerCheck {

    private static final int FILE_TYPE_MASK = 0170000;
    private static final int SOCKET_TYPE = 0140000;

    private final Target target;
    private final User self;

    ServerCheck(Target target, User self) {
        this.target = target;
        this.self = self;
    }

    /**
     * Looks at the file at the socket's path.
     *
     * @return the user who must be at the other end
     * @throws java.nio.file.NoSuchFileException when nothing is there
     * @throws ClientException when what is there is not a socket, or not of the right user
     */
    User checkFile() throws IOException, ClientException {
        Path socket = target.socket();
        User owner;
        try {
            requireSocket(socket);
            owner = User.ownerOf(socket);
        } catch (AccessDeniedException e) {
            throw new ClientException(
                    ExitStatus.NO_CONNECTION,
                    "permission denied: " + self + " may not look into "
                            + socket.toAbsolutePath().getParent());
        }
        return target.process() == null ? checkOwner(owner) : checkOwner(owner, target.process());
    }

    /** Whether there is a socket at the path itself; a link to one does not count. */
    static boolean isSocket(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & FILE_TYPE_MASK) == SOCKET_TYPE;
    }

    private static void requireSocket(Path path) throws IOException, ClientException {
        if (!isSocket(path)) {
            String found = Files.isSymbolicLink(path)
                    ? "a symbolic link to " + Files.readSymbolicLink(path)
                    : Files.isDirectory(path) ? "a folder" : Files.isRegularFile(path) ? "a regular file" : "a device";
            throw new ClientException(
                    ExitStatus.REFUSED, path + " is not a socket but " + found + "; nothing was sent");
        }
    }

    private User checkOwner(User owner, TargetProcess process) throws ClientException {
        if (!owner.is(process.user()) && !owner.isRoot()) {
            throw new ClientException(
                    ExitStatus.REFUSED,
                    target.socket() + " belongs to " + owner + ", but process " + process.pid() + " runs as "
                            + process.user() + "; nothing was sent");
        }
        return process.user();
    }

    private User checkOwner(User owner) throws ClientException {
        if (!owner.is(self) && !owner.isRoot() && !self.isRoot()) {
            throw new ClientException(
                    ExitStatus.REFUSED,
                    target.socket() + " belongs to " + owner + ", and you are " + self
                            + "; connect as its owner or as root. Nothing was sent");
        }
        return owner;
    }

    /** Compares the credentials of whoever listens with those of the expected user. */
    void checkPeer(SocketChannel channel, User expected) throws IOException, ClientException {
        UserPrincipal peer =
                channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        if (!expected.principal().equals(peer)) {
            throw new ClientException(
                    ExitStatus.REFUSED,
                    User.describe(peer) + " listens at " + target.socket() + ", but " + expected
                            + " was expected; nothing was sent");
        }
        if (expected.isUnmapped()) {
            throw new ClientException(
                    ExitStatus.REFUSED,
                    "cannot tell who listens at " + target.socket() + ": the user has no id in this user namespace ("
                            + expected + "); nothing was sent");
        }
    }

    /** What to say when the kernel does not let us connect. */
    ClientException permissionDenied(User expected) {
        return new ClientException(
                ExitStatus.NO_CONNECTION,
                "permission denied: " + target.socket() + " is open to " + expected
                        + (expected.isRoot() ? "" : " and to root") + ", and you are " + self + "; connect as "
                        + (expected.isRoot() ? "root" : "one of them"));
    }
}
