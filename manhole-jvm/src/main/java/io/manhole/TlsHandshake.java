package io.manhole;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.security.auth.x500.X500Principal;

/**
 * A client that has not shown yet who it is. It is served by the accepting thread, along with all others, as far as it can
 * be without waiting; of what it may send after the handshake nothing is decrypted here.
 */
final class TlsHandshake {

    /** For hosts that are far away and slow; people do not take part. */
    private static final long TIME_LIMIT_MILLIS = 10_000;

    /** A refused client's connection stays for a moment: closed at once, it might lose the alert that says why. */
    private static final long FAREWELL_MILLIS = 1_000;

    /** What one client may have done at a time, before it is the next one's turn; a handshake takes some ten steps. */
    private static final int STEPS = 64;

    private static final int HANDSHAKE_RECORD = 0x16;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer in; // filled from the start
    private final ByteBuffer out; // to be written from position to limit
    private final ByteBuffer none;
    private final SelectionKey key;
    private final String client;
    private long deadline;
    private boolean begun;
    private boolean refused;

    TlsHandshake(SocketChannel channel, SSLContext context, Selector selector) throws IOException {
        this.channel = channel;
        client = String.valueOf(channel.getRemoteAddress());
        engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setNeedClientAuth(true);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setProtocols(Arrays.stream(engine.getSupportedProtocols())
                .filter(protocol -> protocol.equals("TLSv1.3") || protocol.equals("TLSv1.2"))
                .toArray(String[]::new));
        engine.setSSLParameters(parameters);
        int packet = engine.getSession().getPacketBufferSize();
        in = ByteBuffer.allocate(packet);
        out = ByteBuffer.allocate(packet).flip();
        none = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIME_LIMIT_MILLIS);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ);
        engine.beginHandshake();
    }

    /** Where it comes from. */
    String client() {
        return client;
    }

    boolean isRefused() {
        return refused;
    }

    long nanosLeft(long now) {
        return deadline - now;
    }

    /**
     * Goes on as far as it can.
     *
     * @return whether the client has shown its certificate, and it was accepted
     * @throws IOException if the client is gone, or is to be refused
     */
    boolean advance() throws IOException {
        if (refused) {
            drain();
            return false;
        }
        for (int i = 0; i < STEPS; i++) {
            if (!flush()) {
                key.interestOps(SelectionKey.OP_WRITE);
                return false;
            }
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> wrap();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrap()) {
                        key.interestOps(SelectionKey.OP_READ);
                        return false;
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean flush() throws IOException {
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                return false;
            }
        }
        return true;
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private void wrap() throws IOException {
        out.clear();
        SSLEngineResult result;
        try {
            result = engine.wrap(NOTHING, out);
        } finally {
            out.flip();
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED && !out.hasRemaining()) {
            throw new EOFException("the client closed it");
        }
    }

    /** False if the client must send more first. */
    private boolean unwrap() throws IOException {
        in.flip();
        SSLEngineResult result;
        try {
            result = engine.unwrap(in, none);
        } finally {
            in.compact();
        }
        return switch (result.getStatus()) {
            case OK -> true;
            case BUFFER_UNDERFLOW -> receive();
            case BUFFER_OVERFLOW -> throw new SSLException("data before the end of the handshake");
            case CLOSED -> throw new EOFException("the client closed it");
        };
    }

    private boolean receive() throws IOException {
        int count = channel.read(in);
        if (count < 0) {
            throw new EOFException("the client hung up");
        }
        if (!begun && in.position() > 0) {
            begun = true;
            if (in.get(0) != HANDSHAKE_RECORD) {
                throw new RefusedException("only TLS is spoken here, and a client certificate is wanted");
            }
        }
        return count > 0;
    }

    /**
     * The connection, after {@link #advance} has returned true.
     *
     * @throws IOException if the certificate is not valid now, or the connection is lost
     */
    PeerSocket finish(Selector selector) throws IOException {
        Certificate[] chain = engine.getSession().getPeerCertificates();
        if (!(chain[0] instanceof X509Certificate certificate)) {
            throw new SSLException("a certificate of a type unknown here");
        }
        try {
            // The trust manager does not ask when the store holds this very certificate, and a resumed session asks
            // nobody.
            certificate.checkValidity();
        } catch (java.security.cert.CertificateException e) {
            throw new SSLException("the client's certificate is not valid now: " + e.getMessage(), e);
        }
        String subject = printable(certificate.getSubjectX500Principal().getName(X500Principal.RFC2253));
        key.cancel();
        selector.selectNow(); // only now is the channel free of this selector
        in.flip();
        return new TlsSocket(new TcpSocket(channel), engine, in, subject);
    }

    /** For log lines, whoever chose the text. */
    static String printable(String text) {
        return text.replaceAll("\\p{C}", "?");
    }

    /** Sends what is to be said of it, an alert or a line, and keeps the connection for a moment. */
    void refuse(byte[] line) {
        refused = true;
        deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FAREWELL_MILLIS);
        try {
            if (line.length > 0) {
                channel.write(ByteBuffer.wrap(line));
            } else {
                engine.closeOutbound();
                for (int i = 0; i < 3 && flush() && !engine.isOutboundDone(); i++) {
                    out.clear();
                    engine.wrap(NOTHING, out);
                    out.flip();
                }
                flush();
            }
            channel.shutdownOutput();
            key.interestOps(SelectionKey.OP_READ);
        } catch (IOException | RuntimeException e) {
            close();
        }
    }

    private void drain() throws IOException {
        in.clear();
        if (channel.read(in) < 0) {
            close();
        }
    }

    boolean isClosed() {
        return !channel.isOpen();
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed; that was all we wanted.
        }
    }
}
