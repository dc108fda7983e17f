package io.manhole;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** What a client sends: buffered, and able to look at the first bytes without taking them. For one thread. */
final class ConnectionInput extends InputStream {

    /** Told, once, why what came is not to be used; before the reader is. */
    @FunctionalInterface
    interface Refusal {
        void refused(String reason);
    }

    private final PeerSocket socket;
    private final Refusal refusal;
    private final byte[] buffer = new byte[8 << 10];
    private int position;
    private int limit;
    private boolean ended;

    ConnectionInput(PeerSocket socket, Refusal refusal) {
        this.socket = socket;
        this.refusal = refusal;
    }

    /**
     * The byte at an offset from here, which is not taken.
     *
     * @return -1 at the end of the input, -2 if it did not come in time
     */
    int peek(int offset, int timeoutMillis) throws IOException {
        while (limit - position <= offset && !ended) {
            if (fill(timeoutMillis) == 0) {
                return -2;
            }
        }
        return limit - position > offset ? buffer[position + offset] & 0xff : -1;
    }

    @Override
    public int read() throws IOException {
        return await() ? buffer[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!await()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        return count;
    }

    @Override
    public int available() {
        return limit - position;
    }

    private boolean await() throws IOException {
        while (position == limit && !ended) {
            fill(0);
        }
        return position < limit;
    }

    private int fill(int timeoutMillis) throws IOException {
        if (position == limit) {
            position = 0;
            limit = 0;
        }
        int count;
        try {
            count = socket.read(buffer, limit, buffer.length - limit, timeoutMillis);
        } catch (RefusedException e) {
            refusal.refused(e.reason());
            throw e;
        }
        if (count < 0) {
            ended = true;
        } else {
            limit += count;
        }
        return count;
    }
}
