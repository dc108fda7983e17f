package io.manhole;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** System.in while a session is open: an evaluating thread reads from its client, everybody else from where it always did. */
final class RoutedInputStream extends InputStream {

    private final InputStream application;

    RoutedInputStream(InputStream application) {
        this.application = application;
    }

    InputStream application() {
        return application;
    }

    private InputStream source() {
        @Nullable InputStream client = OutputRouter.inRoute();
        return client == null ? application : client;
    }

    @Override
    public int read() throws IOException {
        return source().read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return source().read(bytes, offset, length);
    }

    @Override
    public int available() throws IOException {
        return source().available();
    }

    @Override
    public long skip(long count) throws IOException {
        return source().skip(count);
    }

    /** An evaluation that closes System.in closes nothing; the application closes its own stream. */
    @Override
    public void close() throws IOException {
        if (OutputRouter.inRoute() == null) {
            application.close();
        }
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the source has locks of its own
    public void mark(int readLimit) {
        source().mark(readLimit);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the source has locks of its own
    public void reset() throws IOException {
        source().reset();
    }

    @Override
    public boolean markSupported() {
        return source().markSupported();
    }
}
