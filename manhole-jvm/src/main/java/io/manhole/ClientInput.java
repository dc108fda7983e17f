package io.manhole;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** System.in of an evaluation: what the client sends for it. Read by the evaluating thread. */
abstract class ClientInput extends InputStream {

    private byte[] buffer = {}; // guarded by this
    private int position; // guarded by this

    /** The next piece of input; waits for it. Null at the end, which may be followed by more. */
    abstract byte @Nullable [] more() throws IOException;

    @Override
    public synchronized int read() throws IOException {
        return await() ? buffer[position++] & 0xff : -1;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!await()) {
            return -1;
        }
        int count = Math.min(length, buffer.length - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        return count;
    }

    @Override
    public synchronized int available() {
        return buffer.length - position;
    }

    private boolean await() throws IOException {
        if (position == buffer.length) {
            byte @Nullable [] next = more();
            buffer = next == null ? new byte[0] : next;
            position = 0;
        }
        return position < buffer.length;
    }
}
