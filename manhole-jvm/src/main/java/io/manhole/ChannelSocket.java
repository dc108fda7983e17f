package io.manhole;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A connection over a channel of the JDK's.
 *
 * <p>All channels are non-blocking, with a selector to wait on: interrupting a thread in a blocking channel operation closes
 * the channel, and an interrupted evaluation must not lose its client.
 */
abstract class ChannelSocket implements PeerSocket {

    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;

    /** Closes the channel if it fails. */
    ChannelSocket(SocketChannel channel) throws IOException {
        this.channel = channel;
        try {
            readable = selector(channel, SelectionKey.OP_READ);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        try {
            writable = selector(channel, SelectionKey.OP_WRITE);
        } catch (IOException e) {
            try (readable) {
                channel.close();
            }
            throw e;
        }
    }

    static Selector selector(SelectableChannel channel, int operation) throws IOException {
        Selector selector = Selector.open();
        try {
            channel.configureBlocking(false);
            channel.register(selector, operation);
        } catch (IOException e) {
            selector.close();
            throw e;
        }
        return selector;
    }

    static void await(Selector selector, int timeoutMillis) throws IOException {
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

    final SocketChannel channel() {
        return channel;
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
    public void close() {
        try (readable;
                writable) {
            channel.close();
        } catch (IOException e) {
            // It is closed; that was all we wanted.
        }
    }
}
