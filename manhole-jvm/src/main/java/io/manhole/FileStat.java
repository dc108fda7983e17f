package io.manhole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** What lstat says of a file: whose it is, and which. See {@code inode(7)} for the bits of the mode. */
record FileStat(long device, long inode, int mode, long uid, long links) {

    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;
    private static final int S_IFREG = 0100000;

    /** Does not follow a symbolic link. */
    static FileStat of(Path path) throws IOException {
        Map<String, Object> attributes =
                Files.readAttributes(path, "unix:dev,ino,mode,uid,nlink", LinkOption.NOFOLLOW_LINKS);
        return new FileStat(
                number(attributes, "dev"),
                number(attributes, "ino"),
                (int) number(attributes, "mode"),
                number(attributes, "uid"),
                number(attributes, "nlink"));
    }

    private static long number(Map<String, Object> attributes, String name) throws IOException {
        if (attributes.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw new IOException("this file system does not tell the " + name + " of a file");
    }

    boolean isSameFile(FileStat other) {
        return device == other.device && inode == other.inode && isSocket() == other.isSocket();
    }

    boolean isSocket() {
        return (mode & S_IFMT) == S_IFSOCK;
    }

    boolean isRegularFile() {
        return (mode & S_IFMT) == S_IFREG;
    }

    /** The bits of chmod, in octal. */
    String permissions() {
        return Integer.toOctalString(mode & 07777);
    }
}
