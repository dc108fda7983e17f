package io.manhole;

import java.util.List;

/**
 * Who is at the other end of a connection, as the kernel recorded it when the peer connected ({@code SO_PEERCRED}).
 *
 * <p>The uid is what the manhole decides by. The pid is for logs: by the time it is read, the process may have ended or
 * handed its socket on.
 *
 * @param pid the process id, as seen from this process; -1 when unknown
 * @param uid the effective user id; -1 when unknown
 * @param gids the group ids, the effective one first; empty when unknown
 */
public record PeerCredentials(long pid, long uid, List<Long> gids) {

    /** Copies the list of groups. */
    public PeerCredentials {
        gids = List.copyOf(gids);
    }

    /** For log lines: {@code pid 1234, uid 1000, gid 1000}, with a question mark for what is unknown. */
    @Override
    public String toString() {
        return "pid " + orUnknown(pid) + ", uid " + orUnknown(uid) + ", gid "
                + (gids.isEmpty() ? "?" : gids.get(0).toString());
    }

    private static String orUnknown(long id) {
        return id < 0 ? "?" : Long.toString(id);
    }
}
