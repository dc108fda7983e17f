package io.manhole;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntUnaryOperator;

/** A method's {@code Code} attribute, rewritten around its {@link GuardedCode}: all that refers to places follows them. */
final class CodeAttribute {

    private static final int UNINITIALIZED = 8;
    private static final int OBJECT = 7;

    private final ByteBuffer in;
    private final ConstantPool constants;
    private final IntUnaryOperator lines;
    private final int maxStack;
    private final int maxLocals;
    private final GuardedCode code;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    /** Reads from the buffer's position on. */
    CodeAttribute(ByteBuffer in, ConstantPool constants, int check, IntUnaryOperator lines) throws IOException {
        this.in = in;
        this.constants = constants;
        this.lines = lines;
        maxStack = readShort();
        maxLocals = readShort();
        int length = in.getInt();
        code = new GuardedCode(in.slice(in.position(), length), check);
        in.position(in.position() + length);
    }

    byte[] rewrite() throws IOException {
        out.writeShort(maxStack);
        out.writeShort(maxLocals);
        byte[] instructions = code.toBytes();
        out.writeInt(instructions.length);
        out.write(instructions);
        handlers();
        int attributes = readShort();
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        int count = 0;
        for (int i = 0; i < attributes; i++) {
            int name = readShort();
            int end = in.getInt();
            end += in.position();
            byte[] attribute = attribute(constants.text(name));
            in.position(end);
            if (attribute.length > 0) {
                DataOutputStream to = new DataOutputStream(kept);
                to.writeShort(name);
                to.writeInt(attribute.length);
                to.write(attribute);
                count++;
            }
        }
        out.writeShort(count);
        kept.writeTo(out);
        return bytes.toByteArray();
    }

    /** A handler does not catch what the call at the method's beginning throws: nothing was begun that wants an end. */
    private void handlers() throws IOException {
        int handlers = readShort();
        out.writeShort(handlers);
        for (int i = 0; i < handlers; i++) {
            int start = readShort();
            out.writeShort(start == 0 ? code.instruction(0) : code.place(start));
            out.writeShort(code.place(readShort()));
            out.writeShort(code.place(readShort()));
            out.writeShort(readShort());
        }
    }

    /** Empty for those that are left out: nothing at run time needs annotations of types within code. */
    private byte[] attribute(String name) throws IOException {
        ByteArrayOutputStream attribute = new ByteArrayOutputStream();
        DataOutputStream to = new DataOutputStream(attribute);
        switch (name) {
            case "LineNumberTable" -> lineNumbers(to);
            case "LocalVariableTable", "LocalVariableTypeTable" -> variables(to);
            case "StackMapTable" -> frames(to);
            default -> {}
        }
        return attribute.toByteArray();
    }

    private void lineNumbers(DataOutputStream to) throws IOException {
        int count = copyShort(to);
        for (int i = 0; i < count; i++) {
            to.writeShort(code.place(readShort()));
            to.writeShort(lines.applyAsInt(readShort()));
        }
    }

    private void variables(DataOutputStream to) throws IOException {
        int count = copyShort(to);
        for (int i = 0; i < count; i++) {
            int start = readShort();
            int end = start + readShort();
            to.writeShort(code.place(start));
            to.writeShort(code.place(end) - code.place(start));
            copy(to, 6); // name, type, index
        }
    }

    private void frames(DataOutputStream to) throws IOException {
        int count = copyShort(to);
        int at = -1;
        int place = -1;
        for (int i = 0; i < count; i++) {
            int kind = Byte.toUnsignedInt(in.get());
            at += 1 + (kind < 64 ? kind : kind < 128 ? kind - 64 : readShort());
            int delta = code.place(at) - place - 1;
            place = code.place(at);
            frame(to, kind, delta);
        }
    }

    /** Always in the form that has room for any distance. */
    private void frame(DataOutputStream to, int kind, int delta) throws IOException {
        if (kind < 64 || kind == 251) {
            to.writeByte(251);
            to.writeShort(delta);
        } else if (kind < 128 || kind == 247) {
            to.writeByte(247);
            to.writeShort(delta);
            copyTypes(to, 1);
        } else if (kind >= 248 && kind <= 254) {
            to.writeByte(kind);
            to.writeShort(delta);
            copyTypes(to, Math.max(0, kind - 251));
        } else if (kind == 255) {
            to.writeByte(kind);
            to.writeShort(delta);
            copyTypes(to, copyShort(to)); // locals
            copyTypes(to, copyShort(to)); // stack
        } else {
            throw new IOException("a kind of frame from the future: " + kind);
        }
    }

    private void copyTypes(DataOutputStream to, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int type = in.get();
            to.writeByte(type);
            if (type == OBJECT) {
                copy(to, 2);
            } else if (type == UNINITIALIZED) {
                to.writeShort(code.instruction(readShort())); // names the instruction that made the object
            }
        }
    }

    private int readShort() {
        return Short.toUnsignedInt(in.getShort());
    }

    private int copyShort(DataOutputStream to) throws IOException {
        int value = readShort();
        to.writeShort(value);
        return value;
    }

    private void copy(DataOutputStream to, int size) throws IOException {
        byte[] same = new byte[size];
        in.get(same);
        to.write(same);
    }
}
