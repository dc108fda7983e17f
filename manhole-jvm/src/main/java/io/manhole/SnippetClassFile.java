package io.manhole;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntUnaryOperator;

/**
 * Turns a class as compiled into a class to run: evaluated code can be interrupted, and stack traces name the snippet and the
 * user's line. There is no library for this that the core could use: the JDK has one of its own from 24 on.
 */
final class SnippetClassFile {

    private final ByteBuffer in;
    private final ConstantPool constants;
    private final int header; // where the access flags are

    SnippetClassFile(byte[] bytes) {
        in = ByteBuffer.wrap(bytes);
        in.position(8);
        constants = new ConstantPool(in);
        header = in.position();
    }

    /** The first line that occurs in it: where the class begins, if it has a constructor that nobody wrote. */
    int firstLine() throws IOException {
        int[] first = {Integer.MAX_VALUE};
        new Rewriting(0, 0, line -> first[0] = Math.min(first[0], line)).rewrite();
        return first[0];
    }

    /**
     * The class to run.
     *
     * @param check internal name of the class with the static method {@code check()}
     * @param source what stack traces say in place of a file name
     * @param lines the user's line for each of the compiler's
     * @throws IOException if there is no room for the checks
     */
    byte[] guarded(String check, String source, IntUnaryOperator lines) throws IOException {
        int checkIndex = constants.addStaticMethod(check, "check");
        return new Rewriting(checkIndex, constants.addText(source), lines).rewrite();
    }

    /** One pass through the class. */
    private final class Rewriting {

        private final int check;
        private final int source;
        private final IntUnaryOperator lines;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(in.limit() + in.limit() / 4);
        private final DataOutputStream out = new DataOutputStream(bytes);

        Rewriting(int check, int source, IntUnaryOperator lines) {
            this.check = check;
            this.source = source;
            this.lines = lines;
        }

        byte[] rewrite() throws IOException {
            out.write(in.array(), 0, 8);
            constants.write(out);
            in.position(header);
            copy(6); // access, this, super
            int interfaces = copyShort();
            copy(2 * interfaces);
            members(false);
            members(true);
            int attributes = copyShort();
            for (int i = 0; i < attributes; i++) {
                int name = copyShort();
                int size = copyInt();
                if (source > 0 && constants.text(name).equals("SourceFile")) {
                    in.getShort();
                    out.writeShort(source);
                } else {
                    copy(size);
                }
            }
            return bytes.toByteArray();
        }

        private void members(boolean areMethods) throws IOException {
            int members = copyShort();
            for (int i = 0; i < members; i++) {
                copy(6); // access, name, type
                int attributes = copyShort();
                for (int j = 0; j < attributes; j++) {
                    int name = copyShort();
                    if (areMethods && constants.text(name).equals("Code")) {
                        byte[] code = code();
                        out.writeInt(code.length);
                        out.write(code);
                    } else {
                        copy(copyInt());
                    }
                }
            }
        }

        private byte[] code() throws IOException {
            int end = in.getInt();
            end += in.position();
            byte[] rewritten = new CodeAttribute(in, constants, check, lines).rewrite();
            in.position(end);
            return rewritten;
        }

        private int copyShort() throws IOException {
            int value = Short.toUnsignedInt(in.getShort());
            out.writeShort(value);
            return value;
        }

        private int copyInt() throws IOException {
            int value = in.getInt();
            out.writeInt(value);
            return value;
        }

        private void copy(int size) throws IOException {
            out.write(in.array(), in.position(), size);
            in.position(in.position() + size);
        }
    }
}
