package io.manhole;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * TCP: without TLS on a loopback address only, for this process's user and root, whom the kernel's tables tell; with mutual
 * TLS anywhere, for those whose certificate is trusted, whatever their user.
 *
 * <p>Handshakes go on in the accepting thread, all at a time and none waited for, so that a client that says nothing costs
 * neither a thread nor anybody's time.
 */
final class TcpEndpoint implements Endpoint {

    private static final long ACCEPT_TIMEOUT_MILLIS = 5_000;

    /** With more, the oldest has to go. */
    private static final int MAX_HANDSHAKES = 16;

    /**
     * After a refusal: so many strangers as there may be, they are let in by tens a second, and neither their handshakes, nor
     * the looks at the kernel's tables, nor the lines in the log are more than a trickle.
     */
    private static final long PAUSE_MILLIS = 100;

    private final ServerSocketChannel server;
    private final InetSocketAddress address;
    private final Selector selector;
    private final SelectionKey acceptable;
    private final Dialect dialect;
    private final ProcessUser user;
    private final @Nullable SSLContext tls;
    private final Listeners listeners;
    private final ConcurrentLinkedDeque<TlsHandshake> handshakes = new ConcurrentLinkedDeque<>(); // oldest first
    private long pausedUntil = System.nanoTime(); // of the accepting thread
    private volatile boolean closed;

    private TcpEndpoint(
            ServerSocketChannel server,
            Selector selector,
            Dialect dialect,
            ProcessUser user,
            @Nullable SSLContext tls,
            Listeners listeners)
            throws IOException {
        this.server = server;
        this.selector = selector;
        this.dialect = dialect;
        this.user = user;
        this.tls = tls;
        this.listeners = listeners;
        address = (InetSocketAddress) server.getLocalAddress();
        acceptable = server.register(selector, SelectionKey.OP_ACCEPT);
    }

    /**
     * Looks whether the options could be followed, for a manhole that is opened later.
     *
     * @throws IllegalArgumentException if strangers would be let in
     */
    static void check(ManholeOptions options, InetSocketAddress address, Consumer<String> warnings) throws IOException {
        SSLContext unused = context(options, resolved(address), warnings);
    }

    /** Binds; when this returns clients may connect. */
    static TcpEndpoint bind(ManholeOptions options, InetSocketAddress address, ProcessUser user, Listeners listeners)
            throws IOException {
        InetAddress ip = resolved(address);
        SSLContext tls = context(options, ip, warning -> listeners.tell(each -> each.warning(warning)));
        ServerSocketChannel server = open(ip, address.getPort());
        @Nullable Selector selector = null;
        try {
            selector = Selector.open();
            server.configureBlocking(false);
            return new TcpEndpoint(server, selector, options.bindDialect(), user, tls, listeners);
        } catch (IOException | RuntimeException e) {
            if (selector != null) {
                selector.close();
            }
            server.close();
            throw e;
        }
    }

    private static InetAddress resolved(InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("bindAddress " + address.getHostString() + ":" + address.getPort()
                    + ": there is no host of that name");
        }
        return address.getAddress();
    }

    /** Null for TCP without TLS. */
    private static @Nullable SSLContext context(ManholeOptions options, InetAddress ip, Consumer<String> warnings)
            throws IOException {
        TlsStores stores = options.tls();
        if (stores != null) {
            return stores.load(warnings);
        }
        if (!ip.isLoopbackAddress()) {
            throw new IllegalArgumentException("bindAddress " + ip.getHostAddress()
                    + " can be reached from other machines, and nothing would tell who connects. Take 127.0.0.1 and reach"
                    + " it through ssh, or have clients show a certificate: set keyStore and trustStore");
        }
        if (!TcpTable.isReadable()) {
            throw new IOException("bindAddress " + ip.getHostAddress()
                    + ": this system has no /proc/net/tcp, which tells whose a connection is. Do without TCP (the unix"
                    + " domain socket needs none of this), or have clients show a certificate: set keyStore and"
                    + " trustStore");
        }
        return null;
    }

    private static ServerSocketChannel open(InetAddress ip, int port) throws IOException {
        String where = ip.getHostAddress() + ":" + port;
        ServerSocketChannel server;
        try {
            server = ServerSocketChannel.open(
                    ip instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        } catch (UnsupportedOperationException e) {
            throw new IOException("cannot listen on " + where + ": this Java has no IPv6", e);
        }
        try {
            return server.bind(new InetSocketAddress(ip, port));
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen on " + where + ": " + e.getMessage(), e);
        }
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public @Nullable PeerSocket accept() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ACCEPT_TIMEOUT_MILLIS);
        for (long left = ACCEPT_TIMEOUT_MILLIS * 1_000_000; left > 0; left = deadline - System.nanoTime()) {
            await(left);
            PeerSocket socket = advanceHandshakes();
            if (socket == null && !isPaused()) {
                socket = acceptNext();
            }
            if (socket != null) {
                return new BrowserGuard(socket);
            }
        }
        return null;
    }

    private boolean isPaused() {
        return pausedUntil - System.nanoTime() > 0;
    }

    private void pause() {
        pausedUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
    }

    /** Waits for something to happen, or something to be due. */
    private void await(long limitNanos) throws IOException {
        long now = System.nanoTime();
        long wait = limitNanos;
        for (TlsHandshake handshake : handshakes) {
            wait = Math.min(wait, handshake.nanosLeft(now));
        }
        if (isPaused()) {
            wait = Math.min(wait, pausedUntil - now);
        }
        try {
            acceptable.interestOps(isPaused() ? 0 : SelectionKey.OP_ACCEPT);
            selector.selectedKeys().clear();
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait)));
        } catch (ClosedSelectorException | java.nio.channels.CancelledKeyException e) {
            throw new SocketException("closed");
        }
        if (closed) {
            throw new SocketException("closed");
        }
        boolean unused = Thread.interrupted(); // nobody interrupts this thread; if somebody does, it must not spin
    }

    private @Nullable PeerSocket acceptNext() throws IOException {
        SocketChannel channel = server.accept();
        if (channel == null) {
            return null;
        }
        if (tls == null) {
            return new TcpSocket(channel);
        }
        TlsHandshake handshake;
        try {
            handshake = new TlsHandshake(channel, tls, selector);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        handshakes.add(handshake);
        if (closed) {
            handshake.close(); // it may have come too late for close()
        }
        if (handshakes.size() > MAX_HANDSHAKES) {
            drop(mostExpendable(), "too many clients were waiting for their TLS handshake to end");
        }
        return null;
    }

    /** One that was refused and has only to hear why, or else the oldest. */
    private TlsHandshake mostExpendable() {
        for (TlsHandshake handshake : handshakes) {
            if (handshake.isRefused()) {
                return handshake;
            }
        }
        return handshakes.getFirst();
    }

    /** One that is through, if there is; the next comes next time. */
    private @Nullable PeerSocket advanceHandshakes() {
        long now = System.nanoTime();
        for (TlsHandshake handshake : handshakes) {
            try {
                if (handshake.advance()) {
                    PeerSocket socket = handshake.finish(selector);
                    handshakes.remove(handshake);
                    return socket;
                }
            } catch (RefusedException e) {
                refuse(handshake, e.reason(), "manhole: refused: " + e.reason() + "\n");
            } catch (IOException | RuntimeException | LinkageError e) {
                refuse(handshake, "the TLS handshake failed: " + reason(e), "");
            }
            if (handshake.isClosed()) {
                handshakes.remove(handshake);
            } else if (handshake.nanosLeft(now) <= 0) {
                drop(handshake, "the TLS handshake took too long");
            }
        }
        return null;
    }

    /** The innermost message: the outer ones say that something failed. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return TlsHandshake.printable(message == null ? cause.toString() : message);
    }

    private void refuse(TlsHandshake handshake, String reason, String line) {
        boolean known = handshake.isRefused();
        handshake.refuse(line.getBytes(StandardCharsets.UTF_8));
        if (!known && !closed) {
            pause();
            listeners.tell(
                    listener -> listener.rejected(PeerCredentials.unknown(), handshake.client() + ": " + reason));
        }
    }

    private void drop(TlsHandshake handshake, String reason) {
        boolean known = handshake.isRefused();
        handshakes.remove(handshake);
        handshake.close();
        if (!known) {
            pause();
            listeners.tell(
                    listener -> listener.rejected(PeerCredentials.unknown(), handshake.client() + ": " + reason));
        }
    }

    /** Over TLS, whoever got so far has shown a certificate that is trusted. */
    @Override
    public @Nullable String objection(PeerCredentials peer) {
        if (tls != null) {
            return peer.certificateSubject() == null ? "you have shown no certificate" : null;
        }
        @Nullable String objection = user.objection(peer);
        if (objection != null) {
            pause();
        }
        return objection;
    }

    /** Nobody can take a port away. */
    @Override
    public boolean repair() {
        return false;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            server.close();
        } finally {
            handshakes.forEach(TlsHandshake::close);
            selector.close();
        }
    }
}
