package io.manhole;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection: as the kernel recorded it when the peer connected ({@code SO_PEERCRED}; over
 * TCP on a loopback address, its table of connections), or as the certificate says with which a peer over TLS proved it.
 *
 * <p>The uid is what the manhole decides by, or else the certificate. The pid is for logs: by the time it is read, the
 * process may have ended or handed its socket on.
 *
 * @param pid the process id, as seen from this process; -1 when unknown, as always over TCP
 * @param uid the effective user id; -1 when unknown, as always over TLS
 * @param gids the group ids, the effective one first; empty when unknown
 * @param certificateSubject the distinguished name in the peer's certificate, which was verified, as in RFC 2253, for
 *     instance {@code CN=alice,O=shop}; null for a peer without a certificate
 */
public record PeerCredentials(
        long pid, long uid, List<Long> gids, @Nullable String certificateSubject) {

    /** Copies the list of groups. */
    public PeerCredentials {
        gids = List.copyOf(gids);
    }

    /**
     * A peer without a certificate.
     *
     * @param pid the process id; -1 when unknown
     * @param uid the effective user id; -1 when unknown
     * @param gids the group ids, the effective one first; empty when unknown
     */
    public PeerCredentials(long pid, long uid, List<Long> gids) {
        this(pid, uid, gids, null);
    }

    /** Nothing is known of the peer. */
    static PeerCredentials unknown() {
        return new PeerCredentials(-1, -1, List.of());
    }

    /**
     * For log lines: {@code pid 1234, uid 1000, gid 1000}, with a question mark for what is unknown; for a peer with a
     * certificate {@code certificate CN=alice,O=shop}.
     */
    @Override
    public String toString() {
        if (certificateSubject != null) {
            return "certificate " + certificateSubject;
        }
        return "pid " + orUnknown(pid) + ", uid " + orUnknown(uid) + ", gid "
                + (gids.isEmpty() ? "?" : gids.get(0).toString());
    }

    private static String orUnknown(long id) {
        return id < 0 ? "?" : Long.toString(id);
    }
}
