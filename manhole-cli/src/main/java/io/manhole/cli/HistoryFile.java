package io.manhole.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the lines typed are remembered: {@code ${XDG_STATE_HOME:-~/.local/state}/manhole/history}, for its owner's eyes
 * only. Root with somebody else's HOME must not be made to write through what that user put there.
 */
final class HistoryFile {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_FOLDER = PosixFilePermissions.fromString("rwx------");

    private HistoryFile() {}

    /** The place for it according to the environment. */
    static Path locate(@Nullable String xdgStateHome, String home) {
        // The XDG base directory specification: a relative path is to be ignored.
        Path state = xdgStateHome != null && xdgStateHome.startsWith("/")
                ? Path.of(xdgStateHome)
                : Path.of(home, ".local", "state");
        return state.resolve("manhole").resolve("history");
    }

    /**
     * Creates the file and its folders where they are missing, and takes others' rights away.
     *
     * @throws IOException when the file cannot be had, or would not be safe to write; says why
     */
    static void prepare(Path file, User self) throws IOException {
        Path folder = file.resolveSibling(".").normalize();
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY_FOLDER));
        requireOwn(folder, self);
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            requireOwn(file, self);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(file + " is not a regular file", e);
            }
            Files.setPosixFilePermissions(file, OWNER_ONLY);
        }
    }

    private static void requireOwn(Path path, User self) throws IOException {
        User owner = User.ownerOf(path);
        if (!owner.is(self)) {
            throw new IOException(path + " belongs to " + owner + ", not to " + self);
        }
    }
}
