package io.manhole;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The fallback: the JDK's own unix domain channels. They tell the peer's user, though not its pid, and cannot tell a
 * hang-up from a half-close.
 *
 * <p>All channels are non-blocking, with a selector to wait on: interrupting a thread in a blocking channel operation closes
 * the channel, and an interrupted evaluation must not lose its client.
 */
final class JdkServer implements UnixServer {

    private static final int ACCEPT_TIMEOUT_MILLIS = 5_000;

    private final ServerSocketChannel server;
    private final Selector acceptable;

    private JdkServer(ServerSocketChannel server, Selector acceptable) {
        this.server = server;
        this.acceptable = acceptable;
    }

    static JdkServer bind(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            return new JdkServer(server, selector(server, SelectionKey.OP_ACCEPT));
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public @Nullable PeerSocket accept() throws IOException {
        await(acceptable, ACCEPT_TIMEOUT_MILLIS);
        SocketChannel accepted = server.accept();
        return accepted == null ? null : new Peer(accepted);
    }

    @Override
    public void close() throws IOException {
        try (acceptable) {
            server.close();
        }
    }

    private static Selector selector(SelectableChannel channel, int operation) throws IOException {
        Selector selector = Selector.open();
        channel.configureBlocking(false);
        channel.register(selector, operation);
        return selector;
    }

    private static void await(Selector selector, int timeoutMillis) throws IOException {
        try {
            selector.selectedKeys().clear();
            selector.select(timeoutMillis);
        } catch (ClosedSelectorException e) {
            throw new AsynchronousCloseException();
        }
        if (Thread.interrupted()) {
            throw new InterruptedIOException("interrupted while waiting for the peer");
        }
    }

    private static final class Peer implements PeerSocket {

        private final SocketChannel channel;
        private final Selector readable;
        private final Selector writable;

        Peer(SocketChannel channel) throws IOException {
            this.channel = channel;
            try {
                readable = selector(channel, SelectionKey.OP_READ);
                writable = selector(channel, SelectionKey.OP_WRITE);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }

        /** The JDK gives the peer's user as a principal; the two that matter are recognised, every other is unknown. */
        @Override
        public PeerCredentials credentials() throws IOException {
            UserPrincipal user =
                    channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            FileSystem files = FileSystems.getDefault();
            long uid = -1;
            // A name that is not a user's is taken for a number: this is the user 0, whatever it is called.
            if (user.equals(files.getUserPrincipalLookupService().lookupPrincipalByName("0"))) {
                uid = ProcessUser.ROOT;
            } else if (user.equals(Files.getOwner(Path.of("/proc/self")))) {
                uid = ProcessUser.current().uid();
            }
            return new PeerCredentials(-1, uid, List.of());
        }

        @Override
        public int read(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException {
            ByteBuffer target = ByteBuffer.wrap(buffer, offset, length);
            int count = channel.read(target);
            if (count == 0) {
                await(readable, timeoutMillis);
                count = channel.read(target);
                while (count == 0 && timeoutMillis == 0) {
                    await(readable, 0);
                    count = channel.read(target);
                }
            }
            return count;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            ByteBuffer source = ByteBuffer.wrap(buffer, offset, length);
            while (source.hasRemaining()) {
                if (channel.write(source) == 0) {
                    await(writable, 0);
                }
            }
        }

        @Override
        public void shutdownOutput() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public boolean hungUp() {
            return false;
        }

        @Override
        public void close() {
            try (readable;
                    writable) {
                channel.close();
            } catch (IOException e) {
                // It is closed; that was all we wanted.
            }
        }
    }
}
