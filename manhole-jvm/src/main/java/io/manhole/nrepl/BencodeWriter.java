package io.manhole.nrepl;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns one message into bencode. */
public final class BencodeWriter {

    private BencodeWriter() {}

    /**
     * Encodes a dictionary, its keys sorted, as the format demands.
     *
     * @param dictionary values are {@link String}s, {@link Long}s, {@link Integer}s, {@code byte[]}s, {@link List}s and
     *     {@link Map}s of the same
     * @return the bytes
     * @throws IllegalArgumentException for a value of any other class
     */
    public static byte[] write(Map<String, ?> dictionary) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        writeDictionary(dictionary, out);
        return out.toByteArray();
    }

    private static void writeDictionary(Map<?, ?> dictionary, ByteArrayOutputStream out) {
        out.write('d');
        SortedMap<String, Object> sorted = new TreeMap<>();
        dictionary.forEach((key, value) -> sorted.put(key.toString(), value));
        sorted.forEach((key, value) -> {
            writeBytes(key.getBytes(StandardCharsets.UTF_8), out);
            writeValue(value, out);
        });
        out.write('e');
    }

    private static void writeValue(Object value, ByteArrayOutputStream out) {
        if (value instanceof String string) {
            writeBytes(string.getBytes(StandardCharsets.UTF_8), out);
        } else if (value instanceof byte[] bytes) {
            writeBytes(bytes, out);
        } else if (value instanceof Long || value instanceof Integer) {
            out.writeBytes(("i" + value + "e").getBytes(StandardCharsets.US_ASCII));
        } else if (value instanceof List<?> list) {
            out.write('l');
            list.forEach(element -> writeValue(element, out));
            out.write('e');
        } else if (value instanceof Map<?, ?> map) {
            writeDictionary(map, out);
        } else {
            throw new IllegalArgumentException(
                    "no bencode for " + value.getClass().getName());
        }
    }

    private static void writeBytes(byte[] bytes, ByteArrayOutputStream out) {
        out.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(bytes);
    }
}
