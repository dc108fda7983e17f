package io.manhole;

import java.io.IOException;
import java.util.Arrays;

/**
 * Between a TCP connection and whoever reads from it: turns away what a web browser sends.
 *
 * <p>A page from anywhere can make the browser of a user who is allowed here send a request to a port of this machine, with
 * a body of the page's choosing, each line of which would be evaluated. So the first line is looked at, whatever is spoken:
 * if it is that of an HTTP request, nothing of it and nothing after it gets through. The same goes for a first byte that
 * neither a person nor an nREPL client sends, such as that of a TLS handshake, in which a page also has bytes to choose.
 */
final class BrowserGuard implements PeerSocket {

    private static final int CTRL_C = 0x03;
    private static final int CTRL_D = 0x04;
    private static final int ESCAPE = 0x1b;
    private static final int TLS_HANDSHAKE = 0x16;

    /** {@code tchar} of RFC 9110, beside letters and digits: what a method may be made of. */
    private static final String METHOD_MARKS = "!#$%&'*+-.^_`|~";

    /** What a request line ends with, but for the two digits. */
    private static final String VERSION = " HTTP/0.0";

    private enum State {
        BLANK,
        METHOD,
        REST,
        PASSED,
        REFUSED
    }

    private final PeerSocket socket;
    private State state = State.BLANK; // as all below: of the thread that reads
    private final StringBuilder end = new StringBuilder();

    BrowserGuard(PeerSocket socket) {
        this.socket = socket;
    }

    @Override
    public PeerCredentials credentials() throws IOException {
        return socket.credentials();
    }

    @Override
    public int read(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException {
        int count = socket.read(buffer, offset, length, timeoutMillis);
        if (state == State.REFUSED) {
            Arrays.fill(buffer, offset, offset + length, (byte) 0);
            return Math.min(count, 0); // as if nothing had come
        }
        if (state == State.PASSED) {
            return count;
        }
        for (int i = 0; i < count && state != State.PASSED; i++) {
            look(buffer[offset + i] & 0xff);
        }
        if (count < 0) {
            look('\n'); // the last line need not have an end
        }
        return count;
    }

    private void look(int b) throws RefusedException {
        switch (state) {
            case BLANK -> first(b);
            case METHOD -> {
                if (b == ' ') {
                    state = State.REST;
                    end.append(' ');
                } else if (!isMethod(b)) {
                    state = State.PASSED;
                }
            }
            case REST -> rest(b);
            case PASSED, REFUSED -> {}
        }
    }

    private void first(int b) throws RefusedException {
        if (b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == CTRL_C || b == CTRL_D) {
            return;
        }
        if (b < ' ' && b != ESCAPE) {
            state = State.REFUSED;
            throw b == TLS_HANDSHAKE
                    ? new RefusedException("this is a TLS handshake, and no TLS is spoken here")
                    : new RefusedException("this is neither text nor nREPL");
        }
        state = isMethod(b) ? State.METHOD : State.PASSED;
    }

    private static boolean isMethod(int b) {
        return (b >= 'A' && b <= 'Z')
                || (b >= 'a' && b <= 'z')
                || (b >= '0' && b <= '9')
                || METHOD_MARKS.indexOf(b) >= 0;
    }

    /** Keeps the last few characters. Ctrl-D ends a line as well, for a plain client. */
    private void rest(int b) throws RefusedException {
        if (b != '\n' && b != CTRL_D) {
            if (end.length() > 64) {
                end.delete(0, end.length() - VERSION.length() - 2);
            }
            end.append((char) b);
            return;
        }
        if (endsWithVersion()) {
            state = State.REFUSED;
            throw new RefusedException("this is a request of HTTP, which is not spoken here");
        }
        state = State.PASSED;
    }

    private boolean endsWithVersion() {
        return end.toString().stripTrailing().replaceAll("[0-9]", "0").endsWith(VERSION);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        socket.write(buffer, offset, length);
    }

    @Override
    public boolean hungUp() {
        return socket.hungUp();
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() {
        socket.close();
    }
}
