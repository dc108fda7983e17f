package io.manhole.kotlin;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * A folder that nobody but the process's own user can look into or change.
 *
 * @param path proved to be a folder of ours, mode 0700, when this was made
 */
record PrivateFolder(Path path) {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> MODE = PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    /** Makes the folder, and those above it that are missing, or takes the one that is there if it is ours. */
    static PrivateFolder at(Path path) throws IOException {
        try {
            Path parent = path.getParent();
            if (parent != null) {
                Files.createDirectories(parent, MODE);
            }
        } catch (IOException e) {
            throw new IOException("cannot make the folder " + path + ": " + e, e);
        }
        return claim(path);
    }

    /** The same, for a folder in this one. */
    PrivateFolder child(String name) throws IOException {
        return claim(path.resolve(name));
    }

    private static PrivateFolder claim(Path path) throws IOException {
        try {
            Files.createDirectory(path, MODE);
        } catch (FileAlreadyExistsException e) {
            return existing(path);
        } catch (IOException e) {
            throw new IOException("cannot make the folder " + path + ": " + e, e);
        }
        return existing(path);
    }

    private static PrivateFolder existing(Path path) throws IOException {
        PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isDirectory()) {
            throw new IOException(path + " is not a folder but a " + (found.isSymbolicLink() ? "symbolic link" : "file")
                    + "; remove it");
        }
        if (!found.owner().equals(self())) {
            throw new IOException(path + " belongs to " + found.owner() + ", not to " + self() + "; remove it");
        }
        if (!found.permissions().equals(OWNER_ONLY)) {
            // What others may have put there is found out later: every file is verified.
            Files.setPosixFilePermissions(path, OWNER_ONLY);
        }
        return new PrivateFolder(path);
    }

    /** The user whose rights this process has. */
    static UserPrincipal self() throws IOException {
        Path process = Path.of("/proc/self");
        if (Files.exists(process)) {
            return Files.getOwner(process);
        }
        return process.getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName(System.getProperty("user.name"));
    }
}
