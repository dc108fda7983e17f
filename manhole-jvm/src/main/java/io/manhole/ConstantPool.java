package io.manhole;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The constants of a class file, which can be added to. */
final class ConstantPool {

    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int METHOD = 10;
    private static final int NAME_AND_TYPE = 12;
    private static final int METHOD_HANDLE = 15;
    private static final int METHOD_TYPE = 16;
    private static final int MODULE = 19;
    private static final int PACKAGE = 20;

    private final ByteBuffer old;
    private final int from;
    private final int to;
    private final @Nullable String[] texts;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream added = new DataOutputStream(bytes);
    private int count;

    /** Reads the constants at the buffer's position, and leaves the position behind them. */
    ConstantPool(ByteBuffer classFile) {
        count = Short.toUnsignedInt(classFile.getShort());
        texts = new String[count];
        old = classFile;
        from = classFile.position();
        for (int i = 1; i < count; i++) {
            int tag = classFile.get();
            switch (tag) {
                case UTF8 -> texts[i] = text(classFile);
                case CLASS, STRING, METHOD_TYPE, MODULE, PACKAGE -> skip(classFile, 2);
                case METHOD_HANDLE -> skip(classFile, 3);
                case LONG, DOUBLE -> {
                    skip(classFile, 8);
                    i++; // they take two places
                }
                default -> skip(classFile, 4);
            }
        }
        to = classFile.position();
    }

    private static void skip(ByteBuffer buffer, int size) {
        buffer.position(buffer.position() + size);
    }

    private static String text(ByteBuffer buffer) {
        byte[] text = new byte[Short.toUnsignedInt(buffer.getShort())];
        buffer.get(text);
        return new String(text, StandardCharsets.UTF_8); // names of attributes are ASCII, and nothing else is looked at
    }

    /** The text at an index, or nothing where there is none. */
    String text(int index) {
        String text = texts[index];
        return text == null ? "" : text;
    }

    int addText(String text) throws IOException {
        added.writeByte(UTF8);
        added.writeUTF(text);
        return count++;
    }

    /** A static method without parameters or result. */
    int addStaticMethod(String owner, String name) throws IOException {
        int type = addPair(CLASS, addText(owner), -1);
        int nameAndType = addPair(NAME_AND_TYPE, addText(name), addText("()V"));
        return addPair(METHOD, type, nameAndType);
    }

    private int addPair(int tag, int first, int second) throws IOException {
        added.writeByte(tag);
        added.writeShort(first);
        if (second >= 0) {
            added.writeShort(second);
        }
        return count++;
    }

    void write(DataOutputStream out) throws IOException {
        if (count > 0xffff) {
            throw new IOException("too many constants");
        }
        out.writeShort(count);
        byte[] before = new byte[to - from];
        old.get(from, before);
        out.write(before);
        added.flush();
        bytes.writeTo(out);
    }
}
