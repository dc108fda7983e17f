package io.manhole;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/** A TCP connection. On a loopback address, the kernel's tables tell the peer's user. */
final class TcpSocket extends ChannelSocket {

    /** A host that vanished without a word is noticed after a minute and a quarter; the kernel's own default is two hours. */
    private static final int KEEPALIVE_SECONDS = 15;

    private static final int KEEPALIVE_PROBES = 4;

    /** The tables may be long: looking at them takes no more than a small part of the time. */
    private static final long LOOK_MILLIS = 400;

    private static final int LOOK_SHARE = 20;

    private final InetSocketAddress client;
    private final InetSocketAddress ours;
    private final Object lock = new Object();
    private long nextLook = System.nanoTime(); // guarded by lock
    private boolean seemedGone; // guarded by lock
    private boolean gone; // guarded by lock

    /** Closes the channel if it fails. */
    TcpSocket(SocketChannel channel) throws IOException {
        super(channel);
        try {
            client = (InetSocketAddress) channel.getRemoteAddress();
            ours = (InetSocketAddress) channel.getLocalAddress();
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true); // prompts and answers are short
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_SECONDS);
            set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_SECONDS);
            set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_PROBES);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static void set(SocketChannel channel, SocketOption<Integer> option, int value) throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
        }
    }

    @Override
    public PeerCredentials credentials() throws IOException {
        return new PeerCredentials(-1, TcpTable.uidOf(client, ours), List.of());
    }

    /**
     * Asks the kernel's tables, since reading tells nothing more after the end of the input. The client's end is there, on a
     * loopback address. From afar, a client that is gone resets the connection when it is next probed whether it is alive.
     * Gone is what looks so twice: a busy table may pass over a row.
     */
    @Override
    public boolean hungUp() {
        synchronized (lock) {
            long start = System.nanoTime();
            if (gone || start - nextLook < 0) {
                return gone;
            }
            try {
                boolean seemsGone = TcpTable.isReadable() && TcpTable.isGone(client, ours);
                gone = seemsGone && seemedGone;
                seemedGone = seemsGone;
            } catch (IOException e) {
                seemedGone = false;
            }
            long end = System.nanoTime();
            nextLook = end + Math.max(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS), LOOK_SHARE * (end - start));
            return gone;
        }
    }
}
