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

    private final NeedInput needInput;
    private final Object lock = new Object();
    private final Deque<String> texts = new ArrayDeque<>(); // guarded by lock

    NreplStdin(NeedInput needInput) {
        this.needInput = needInput;
    }

    void add(String text) {
        synchronized (lock) {
            texts.add(text);
            lock.notifyAll();
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
            return text.isEmpty() ? null : text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
