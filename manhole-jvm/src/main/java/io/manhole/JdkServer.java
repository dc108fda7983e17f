package io.manhole;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
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
            return new JdkServer(server, ChannelSocket.selector(server, SelectionKey.OP_ACCEPT));
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public @Nullable PeerSocket accept() throws IOException {
        ChannelSocket.await(acceptable, ACCEPT_TIMEOUT_MILLIS);
        SocketChannel accepted = server.accept();
        return accepted == null ? null : new Peer(accepted);
    }

    @Override
    public void close() throws IOException {
        try (acceptable) {
            server.close();
        }
    }

    private static final class Peer extends ChannelSocket {

        Peer(SocketChannel channel) throws IOException {
            super(channel);
        }

        /** The JDK gives the peer's user as a principal; the two that matter are recognised, every other is unknown. */
        @Override
        public PeerCredentials credentials() throws IOException {
            UserPrincipal user =
                    channel().getOption(ExtendedSocketOptions.SO_PEERCRED).user();
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
        public boolean hungUp() {
            return false;
        }
    }
}
