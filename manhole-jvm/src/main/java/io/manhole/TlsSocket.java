package io.manhole;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * A TLS connection whose client has shown its certificate.
 *
 * <p>The JDK's SSLSocket would not do: its close may wait for a thread that is in a write, and ours must not wait for
 * anybody.
 */
final class TlsSocket implements PeerSocket {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TcpSocket socket;
    private final SSLEngine engine;
    private final String subject;
    private final boolean renegotiable;
    private final ByteBuffer encrypted; // of the thread that reads; filled from the start
    private final ByteBuffer decrypted; // of the thread that reads; to be read from position to limit
    private final ReentrantLock writing = new ReentrantLock();
    private final ByteBuffer out; // guarded by writing

    /**
     * A connection after its handshake.
     *
     * @param received what came behind the handshake, from position to limit
     */
    TlsSocket(TcpSocket socket, SSLEngine engine, ByteBuffer received, String subject) {
        this.socket = socket;
        this.engine = engine;
        this.subject = subject;
        renegotiable = !engine.getSession().getProtocol().equals("TLSv1.3");
        int packet = engine.getSession().getPacketBufferSize();
        encrypted = ByteBuffer.allocate(Math.max(packet, received.remaining())).put(received);
        decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .flip();
        out = ByteBuffer.allocate(packet);
    }

    @Override
    public PeerCredentials credentials() {
        return new PeerCredentials(-1, -1, List.of(), subject);
    }

    @Override
    public int read(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException {
        while (!decrypted.hasRemaining()) {
            decrypted.clear();
            encrypted.flip();
            SSLEngineResult result;
            try {
                result = engine.unwrap(encrypted, decrypted);
            } finally {
                encrypted.compact();
                decrypted.flip();
            }
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                return -1;
            }
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                int count = receive(timeoutMillis);
                if (count == 0) {
                    return 0;
                }
            } else if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                throw new SSLException("a record longer than it may be");
            } else {
                answer();
            }
        }
        int count = Math.min(length, decrypted.remaining());
        decrypted.get(buffer, offset, count);
        return count;
    }

    /** An end of the stream that the client did not announce may be anybody's doing: what came last may be cut short. */
    private int receive(int timeoutMillis) throws IOException {
        int count = socket.read(encrypted.array(), encrypted.position(), encrypted.remaining(), timeoutMillis);
        if (count < 0) {
            throw new SSLException("the connection was cut off");
        }
        encrypted.position(encrypted.position() + count);
        return count;
    }

    /** What TLS itself wants after a record: new keys. A renegotiation might be with another certificate. */
    private void answer() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    refuseRenegotiation();
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> {
                    refuseRenegotiation();
                    writeRecords(NOTHING);
                }
                default -> {
                    return;
                }
            }
        }
    }

    private void refuseRenegotiation() throws SSLException {
        if (renegotiable) {
            throw new SSLException("a connection is not negotiated anew here");
        }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        writeRecords(ByteBuffer.wrap(buffer, offset, length));
    }

    /** At least one record. */
    private void writeRecords(ByteBuffer source) throws IOException {
        writing.lock();
        try {
            do {
                out.clear();
                SSLEngineResult result = engine.wrap(source, out);
                if (out.position() > 0) {
                    socket.write(out.array(), 0, out.position());
                }
                if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                    throw new SSLException("the connection has ended");
                }
                if (result.getStatus() != SSLEngineResult.Status.OK) {
                    throw new SSLException("cannot write: " + result.getStatus());
                }
            } while (source.hasRemaining());
        } finally {
            writing.unlock();
        }
    }

    @Override
    public boolean hungUp() {
        return socket.hungUp();
    }

    @Override
    public void shutdownOutput() throws IOException {
        writing.lock();
        try {
            sayGoodbye();
            socket.shutdownOutput();
        } finally {
            writing.unlock();
        }
    }

    /** Tells the peer that this is the end, if that needs no waiting: then it knows that nothing was cut off. */
    private void sayGoodbye() throws IOException {
        engine.closeOutbound();
        for (int i = 0; i < 2 && !engine.isOutboundDone(); i++) {
            out.clear();
            engine.wrap(NOTHING, out);
            out.flip();
            socket.channel().write(out);
        }
    }

    @Override
    public void close() {
        if (writing.tryLock()) {
            try {
                sayGoodbye();
            } catch (IOException | RuntimeException e) {
                // The peer is gone, or the connection is closed already.
            } finally {
                writing.unlock();
            }
        }
        socket.close();
    }
}
