package io.manhole;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What {@code stdin} requests have sent; an empty text is the end of the file, once. */
final class NreplStdin extends ClientInput {

    /** Tells the client that somebody waits for input. */
    interface NeedInput {
        void tell() throws IOException;
    }

    /** As many chars may wait to be read. */
    private static final long MAX_WAITING_CHARS = 16 << 20;

    private final NeedInput needInput;
    private final Object lock = new Object();
    private final Deque<String> texts = new ArrayDeque<>(); // guarded by lock
    private long waitingChars; // guarded by lock

    NreplStdin(NeedInput needInput) {
        this.needInput = needInput;
    }

    /** Adds a text to what is to be read; false if there is too much of that already. */
    boolean add(String text) {
        synchronized (lock) {
            if (waitingChars > MAX_WAITING_CHARS) {
                return false;
            }
            texts.add(text);
            waitingChars += text.length() + 1; // not even empty texts may come without end
            lock.notifyAll();
            return true;
        }
    }

    @Override
    byte @Nullable [] more() throws IOException {
        boolean waiting;
        synchronized (lock) {
            waiting = texts.isEmpty();
        }
        if (waiting) {
            needInput.tell();
        }
        synchronized (lock) {
            while (texts.isEmpty()) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while waiting for input");
                }
            }
            String text = texts.remove();
            waitingChars -= text.length() + 1;
            return text.isEmpty() ? null : text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
