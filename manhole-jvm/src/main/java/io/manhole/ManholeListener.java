package io.manhole;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Told what happens in a manhole; the verbose log is one. Every method does nothing by default.
 *
 * <p>Methods are called on the manhole's own threads, except {@link #listening} and {@link #stopped}, which run on the
 * thread that calls {@code install} or {@code close}. When the process ends, evaluations that are under way are told of on
 * the thread of a shutdown hook. They should return soon: a client waits for them, though the
 * application does not. What they throw is ignored.
 */
public interface ManholeListener {

    /**
     * The socket is there and clients may connect; also after it was put back because somebody removed it.
     *
     * @param socketPath where
     */
    default void listening(Path socketPath) {}

    /**
     * The socket is gone; connections that were open have been closed.
     *
     * @param socketPath where it was
     */
    default void stopped(Path socketPath) {}

    /**
     * A client connected and passed the check of its credentials.
     *
     * @param connection a number that is unique in this manhole
     * @param peer who it is
     */
    default void accepted(long connection, PeerCredentials peer) {}

    /**
     * A client was turned away.
     *
     * @param peer who it was, as far as that is known
     * @param reason the line that the client got
     */
    default void rejected(PeerCredentials peer, String reason) {}

    /**
     * An evaluation has ended.
     *
     * @param connection the connection's number
     * @param peer who asked for it
     * @param text what was evaluated
     * @param outcome {@code value}, {@code no value}, {@code rejected}, {@code failed}, {@code interrupted},
     *     {@code exit}; or {@code unfinished}, when the process ends before the evaluation does
     * @param duration how long it took, compiling included
     */
    default void evaluated(long connection, PeerCredentials peer, String text, String outcome, Duration duration) {}

    /**
     * A connection has ended, whoever ended it.
     *
     * @param connection the connection's number
     * @param peer who it was
     */
    default void closed(long connection, PeerCredentials peer) {}

    /**
     * Something went wrong inside the manhole. It goes on as well as it can.
     *
     * @param what what was tried
     * @param cause what came of it
     */
    default void failed(String what, Throwable cause) {}
}
