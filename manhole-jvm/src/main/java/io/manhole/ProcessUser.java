package io.manhole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The user this process acts as, and with it the trust boundary: who may connect.
 *
 * @param uid the effective user id
 * @param overflowUid the id that the kernel shows for users it cannot name in this user namespace; nobody's
 */
record ProcessUser(long uid, long overflowUid) {

    static final long ROOT = 0;

    /** {@code Documentation/admin-guide/sysctl/kernel.rst} of Linux: the default of {@code overflowuid}. */
    private static final long DEFAULT_OVERFLOW_UID = 65534;

    /** Asks the system; reads two small files. */
    static ProcessUser current() throws IOException {
        return new ProcessUser(effectiveUid(), overflow());
    }

    /**
     * Why this peer may not connect, or null if it may. Allowed are our own user and root, and nobody whose id is unknown,
     * missing, or the overflow id, which stands for any number of strangers.
     */
    @Nullable
    String objection(PeerCredentials peer) {
        if (peer.uid() == ROOT) {
            return null;
        }
        if (peer.uid() < 0) {
            return "your user is not known here; " + allowed();
        }
        if (peer.uid() == overflowUid) {
            return "your user has no id of its own here (uid " + peer.uid() + " stands for all such users); "
                    + allowed();
        }
        return peer.uid() == uid ? null : "you are uid " + peer.uid() + "; " + allowed();
    }

    private String allowed() {
        return uid == ROOT || uid == overflowUid
                ? "only root may connect"
                : "only uid " + uid + " and root may connect";
    }

    /** {@code proc(5)}, "Uid": real, effective, saved set and file system UIDs. */
    private static long effectiveUid() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            List<String> lines = Files.readAllLines(status);
            for (String line : lines) {
                if (line.startsWith("Uid:")) {
                    return Long.parseLong(line.split("\\s+")[2]);
                }
            }
        }
        // No Linux: a file just created belongs to the effective user.
        Path probe = Files.createTempFile("manhole", null);
        try {
            return ((Number) Files.getAttribute(probe, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
        } finally {
            Files.delete(probe);
        }
    }

    private static long overflow() {
        try {
            return Long.parseLong(
                    Files.readString(Path.of("/proc/sys/kernel/overflowuid")).trim());
        } catch (IOException | NumberFormatException e) {
            return DEFAULT_OVERFLOW_UID;
        }
    }
}
