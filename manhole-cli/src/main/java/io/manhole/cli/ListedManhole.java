package io.manhole.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code ls}.
 *
 * @param process whose it is; null when nobody's, or not known
 * @param user whose socket, or else whose process it is
 * @param socket null for one that is not open
 * @param since when the socket was made, or null
 */
record ListedManhole(
        @Nullable TargetProcess process,
        User user,
        State state,
        @Nullable Path socket,
        @Nullable Instant since) {

    /** By pid, those without one at the end. */
    static final Comparator<ListedManhole> ORDER = Comparator.comparing((ListedManhole manhole) ->
                    manhole.process == null ? Long.MAX_VALUE : Long.parseLong(manhole.process.pid()))
            .thenComparing(manhole -> String.valueOf(manhole.socket));

    /** What is known of it. */
    enum State {
        /** Somebody listens. */
        LIVE,
        /** Somebody listens, but perhaps at something else than a manhole. */
        POSSIBLE,
        /** It waits for a trigger. */
        DORMANT,
        /** A file that is left of one. */
        STALE
    }

    static ListedManhole at(Path socket, State state, @Nullable TargetProcess process) throws IOException {
        Instant since =
                Files.getLastModifiedTime(socket, LinkOption.NOFOLLOW_LINKS).toInstant();
        User user = process == null ? User.ownerOf(socket) : process.user();
        return new ListedManhole(process, user, state, socket, since);
    }

    static ListedManhole dormant(TargetProcess process) {
        return new ListedManhole(process, process.user(), State.DORMANT, null, null);
    }

    /** Null when it has no socket. */
    @Nullable
    Duration age(Instant now) {
        if (since == null) {
            return null;
        }
        Duration age = Duration.between(since, now);
        return age.isNegative() ? Duration.ZERO : age;
    }
}
