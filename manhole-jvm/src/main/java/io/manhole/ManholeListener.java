package io.manhole;

import java.net.SocketAddress;
import java.time.Duration;

/**
 * Told what happens in a manhole; the verbose log is one. Every method does nothing by default.
 *
 * <p>Methods are called on the manhole's own threads, except {@link #listening}, {@link #stopped} and {@link #warning}, which
 * run on the thread that opens or closes the manhole: the caller of {@code install}, {@code start} or {@code close}, or
 * the VM's thread that handles a signal. When the process ends, evaluations that are under way are told of on the thread
 * of a shutdown hook. They should return soon: a client waits for them, though the
 * application does not. What they throw is ignored.
 */
public interface ManholeListener {

    /**
     * The socket is there and clients may connect; also after it was put back because somebody removed it.
     *
     * @param address where; a {@link java.net.UnixDomainSocketAddress}, or for {@code bindAddress} a
     *     {@link java.net.InetSocketAddress}
     */
    default void listening(SocketAddress address) {}

    /**
     * The socket is gone: the manhole was closed, or it was opened for one client and that one has come.
     *
     * @param address where it was
     */
    default void stopped(SocketAddress address) {}

    /**
     * A client connected and passed the check of its credentials.
     *
     * @param connection a number that is unique in this manhole
     * @param peer who it is
     */
    default void accepted(long connection, PeerCredentials peer) {}

    /**
     * A client was turned away. Over TCP, possibly after it was {@link #accepted}, for what it sent first.
     *
     * @param peer who it was, as far as that is known
     * @param reason the line that the client got, or what was wrong with its TLS handshake, with its address before it
     */
    default void rejected(PeerCredentials peer, String reason) {}

    /**
     * An evaluation has ended.
     *
     * @param connection the connection's number
     * @param peer who asked for it
     * @param text what was evaluated
     * @param outcome {@code value}, {@code no value}, {@code rejected}, {@code failed}, {@code interrupted},
     *     {@code left behind}, {@code exit}; or {@code unfinished}, when the process ends before the evaluation does
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
     * A connection has ended, and one of its sessions stays for a while, for the client to come back to: it asked for that.
     * What is evaluated goes on, and {@link #evaluated} may be told of it later.
     *
     * @param connection the connection's number
     * @param peer who it was
     * @param time how long the session stays
     */
    default void sessionKept(long connection, PeerCredentials peer, Duration time) {}

    /**
     * A client went back to a session that was kept.
     *
     * @param connection the number of the client's connection
     * @param peer who it is
     * @param earlier the number of the connection that had left the session
     */
    default void sessionAttached(long connection, PeerCredentials peer, long earlier) {}

    /**
     * A session that was kept has ended without a client: its time was up, it was kicked, it ended by itself, or the manhole was
     * closed.
     *
     * @param connection the number of the connection that had left the session
     * @param peer who it was
     */
    default void sessionEnded(long connection, PeerCredentials peer) {}

    /**
     * Something about the options or the surroundings is worth knowing, and nothing went wrong.
     *
     * @param message one line
     */
    default void warning(String message) {}

    /**
     * Something went wrong inside the manhole. It goes on as well as it can.
     *
     * @param what what was tried
     * @param cause what came of it
     */
    default void failed(String what, Throwable cause) {}
}
