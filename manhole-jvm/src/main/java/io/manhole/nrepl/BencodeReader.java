package io.manhole.nrepl;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads bencode dictionaries from a stream, within limits, so that no sender can make it use more memory or stack than
 * allowed. Not safe for use by several threads.
 */
public final class BencodeReader {

    /** Deeper nesting than any nREPL message has, and far from any stack's end. */
    private static final int MAX_DEPTH = 32;

    private final InputStream in;
    private final long maxMessageBytes;
    private long remainingBytes;

    /**
     * Reads from a stream that the caller owns and should have buffered.
     *
     * @param in the stream
     * @param maxMessageBytes how long one dictionary may be, in bytes
     */
    public BencodeReader(InputStream in, long maxMessageBytes) {
        this.in = in;
        this.maxMessageBytes = maxMessageBytes;
    }

    /**
     * Reads the next dictionary; blocks until it is there.
     *
     * @return keys and values in the order in which they came; a value is a {@link String} (decoded as UTF-8, bad bytes
     *     replaced), a {@link Long}, a {@link List} or a {@link Map}. Null at the end of the stream.
     * @throws BencodeException when the bytes are no dictionary or exceed a limit
     * @throws EOFException when the stream ends inside a dictionary
     * @throws IOException when the stream fails
     */
    public @Nullable Map<String, Object> read() throws IOException {
        remainingBytes = maxMessageBytes;
        int first = in.read();
        if (first < 0) {
            return null;
        }
        if (first != 'd') {
            throw new BencodeException("expected a dictionary ('d'), got " + describe(first));
        }
        remainingBytes--;
        return readDictionary(1);
    }

    private Map<String, Object> readDictionary(int depth) throws IOException {
        Map<String, Object> dictionary = new LinkedHashMap<>();
        for (int b = next(); b != 'e'; b = next()) {
            String key = readString(b);
            dictionary.put(key, readValue(next(), depth));
        }
        return dictionary;
    }

    private Object readValue(int first, int depth) throws IOException {
        if (first != 'd' && first != 'l') {
            return first == 'i' ? readInteger() : readString(first);
        }
        if (depth == MAX_DEPTH) {
            throw new BencodeException("nested more than " + MAX_DEPTH + " deep");
        }
        return first == 'd' ? readDictionary(depth + 1) : readList(depth + 1);
    }

    private List<Object> readList(int depth) throws IOException {
        List<Object> list = new ArrayList<>();
        for (int b = next(); b != 'e'; b = next()) {
            list.add(readValue(b, depth));
        }
        return list;
    }

    private Long readInteger() throws IOException {
        StringBuilder digits = new StringBuilder();
        for (int b = next(); b != 'e'; b = next()) {
            digits.append((char) b);
            if (digits.length() > 20) {
                throw new BencodeException("integer of more than 20 digits: " + digits);
            }
        }
        try {
            return Long.valueOf(digits.toString());
        } catch (NumberFormatException e) {
            throw new BencodeException("not an integer: i" + digits + "e");
        }
    }

    private String readString(int first) throws IOException {
        long length = 0;
        int b = first;
        do {
            if (b < '0' || b > '9') {
                throw new BencodeException("expected the length of a string, got " + describe(b));
            }
            length = length * 10 + (b - '0');
            if (length > remainingBytes) {
                throw new BencodeException("string of " + length + " bytes or more in a message, whose limit is "
                        + maxMessageBytes + " bytes");
            }
            b = next();
        } while (b != ':');
        // readNBytes grows with what really arrives: a length alone makes nobody allocate it.
        byte[] bytes = in.readNBytes((int) length);
        if (bytes.length < length) {
            throw new EOFException("end of stream " + (length - bytes.length) + " bytes before the end of a string");
        }
        remainingBytes -= length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private int next() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("end of stream inside a message");
        }
        if (remainingBytes-- <= 0) {
            throw new BencodeException("message longer than the limit of " + maxMessageBytes + " bytes");
        }
        return b;
    }

    private static String describe(int b) {
        return b >= 0x21 && b < 0x7f ? "'" + (char) b + "'" : String.format(Locale.ROOT, "byte 0x%02x", b);
    }
}
