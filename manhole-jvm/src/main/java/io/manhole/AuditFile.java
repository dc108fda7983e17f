package io.manhole;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The file that the audit log is appended to. It is opened anew for each line: nothing is kept open in between, and whoever
 * rotates logs may rename it at any time.
 *
 * <p>Each time it is checked to be a regular file of ours with a single name, that nobody else may write to, and that others
 * than our group may not read. A symbolic link is not followed.
 */
final class AuditFile implements VerboseLog.Destination {

    /** Write for the group, anything for others. Reading by the group is the owner's to give: log shippers need it. */
    private static final int FORBIDDEN = 027;

    private final Path path;
    private volatile long ownUid = -1;

    AuditFile(Path path) {
        this.path = path;
    }

    /** Creates the file if there is none; throws if it cannot be the log. */
    void check() throws IOException {
        try {
            open().close();
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "cannot write the audit log " + path + ": its folder does not exist; create it, or change audit()",
                    e);
        }
    }

    @Override
    public void line(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        // An interrupt, meant for the evaluation on this thread, would close the file before the line is written.
        boolean interrupted = Thread.interrupted();
        try {
            append(bytes);
        } catch (ClosedByInterruptException e) {
            interrupted = Thread.interrupted();
            append(bytes);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** In one write, so that lines of several processes do not mix. */
    private void append(byte[] line) throws IOException {
        try (FileChannel file = open()) {
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                int unused = file.write(buffer);
            }
        }
    }

    private long ownUid() throws IOException {
        if (ownUid < 0) {
            ownUid = ProcessUser.current().uid();
        }
        return ownUid;
    }

    private FileChannel open() throws IOException {
        // Before it is opened: to open a pipe would wait for its reader.
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            checkFile();
        }
        FileChannel file;
        try {
            file = FileChannel.open(
                    path,
                    Set.of(
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.APPEND,
                            LinkOption.NOFOLLOW_LINKS),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (NoSuchFileException | ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("cannot write the audit log " + path + ": " + e, e);
        }
        try {
            checkFile();
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void checkFile() throws IOException {
        FileStat stat = FileStat.of(path);
        if (!stat.isRegularFile()) {
            throw refused("is not a regular file");
        }
        if (stat.uid() != ownUid()) {
            throw refused("belongs to the user with uid " + stat.uid() + ", not to ours (uid " + ownUid() + ")");
        }
        if (stat.links() > 1) {
            throw refused("has " + stat.links()
                    + " names (hard links), so it may be a file that is meant for something else");
        }
        if ((stat.mode() & FORBIDDEN) != 0) {
            throw refused("has the mode " + stat.permissions()
                    + ", which lets others read or write it; chmod 600 it, or 640 to let its group read it");
        }
    }

    private IOException refused(String why) {
        return new IOException("the audit log cannot be written to " + path + ", which " + why
                + "; it was left alone. Move it, or change audit()");
    }
}
