package io.manhole;

import io.manhole.repl.InterruptCheck;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/**
 * The code of one method, with a call of {@link InterruptCheck} at its beginning and before each jump back.
 *
 * <p>The call takes nothing from the stack and leaves nothing there, so frames stay what they were; only places move.
 */
final class GuardedCode {

    private static final int TABLESWITCH = 170;
    private static final int LOOKUPSWITCH = 171;
    private static final int INVOKESTATIC = 184;
    private static final int WIDE = 196;
    private static final int IINC = 132;
    private static final int CALL_SIZE = 3;

    private final ByteBuffer code;
    private final int length;
    private final int checkIndex;
    private final BitSet guarded = new BitSet();
    private final int[] places; // by old place: where its call, if it has one, or else its instruction begins
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    /**
     * Rewrites instructions.
     *
     * @param code the instructions alone
     * @param checkIndex the constant that names the method to be called
     * @throws IOException if there is no room for the calls
     */
    GuardedCode(ByteBuffer code, int checkIndex) throws IOException {
        this.code = code;
        this.length = code.limit();
        this.checkIndex = checkIndex;
        places = new int[length + 1];
        findJumpsBack();
        findPlaces();
        for (int at = 0; at < length; at += size(at)) {
            write(at);
        }
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** Where jumps to an instruction go, ranges begin and frames hold. */
    int place(int at) {
        return places[at];
    }

    /** Where the instruction itself begins. */
    int instruction(int at) {
        return places[at] + (guarded.get(at) ? CALL_SIZE : 0);
    }

    private void findJumpsBack() {
        guarded.set(0);
        for (int at = 0; at < length; at += size(at)) {
            if (earliestTarget(at) <= at) {
                guarded.set(at);
            }
        }
    }

    private int earliestTarget(int at) {
        int operation = operation(at);
        if (isBranch(operation)) {
            return at + code.getShort(at + 1);
        }
        if (isWideBranch(operation)) {
            return at + code.getInt(at + 1);
        }
        if (operation != TABLESWITCH && operation != LOOKUPSWITCH) {
            return Integer.MAX_VALUE;
        }
        int earliest = Integer.MAX_VALUE;
        for (int field = operands(at), n = 0; field < at + size(at); field += 4, n++) {
            if (isSwitchTarget(operation, n)) {
                earliest = Math.min(earliest, at + code.getInt(field));
            }
        }
        return earliest;
    }

    private void findPlaces() throws IOException {
        int place = 0;
        for (int at = 0; at < length; at += size(at)) {
            places[at] = place;
            place = instruction(at);
            int operation = operation(at);
            boolean isSwitch = operation == TABLESWITCH || operation == LOOKUPSWITCH;
            place += isSwitch ? 1 + padding(place) + at + size(at) - operands(at) : size(at);
        }
        places[length] = place;
        if (place > 0xffff) {
            throw new IOException("the method is too long");
        }
    }

    private void write(int at) throws IOException {
        if (guarded.get(at)) {
            out.writeByte(INVOKESTATIC);
            out.writeShort(checkIndex);
        }
        int operation = operation(at);
        int end = at + size(at);
        if (isBranch(operation)) {
            int distance = place(at + code.getShort(at + 1)) - instruction(at);
            if (distance != (short) distance) {
                throw new IOException("a jump is too far");
            }
            out.writeByte(operation);
            out.writeShort(distance);
        } else if (isWideBranch(operation)) {
            out.writeByte(operation);
            out.writeInt(place(at + code.getInt(at + 1)) - instruction(at));
        } else if (operation == TABLESWITCH || operation == LOOKUPSWITCH) {
            out.writeByte(operation);
            out.write(new byte[padding(instruction(at))]);
            for (int field = operands(at), n = 0; field < end; field += 4, n++) {
                int value = code.getInt(field);
                out.writeInt(isSwitchTarget(operation, n) ? place(at + value) - instruction(at) : value);
            }
        } else {
            for (int i = at; i < end; i++) {
                out.writeByte(code.get(i));
            }
        }
    }

    /** The default; then low and high and all targets, or a count and pairs of a value and a target. */
    private static boolean isSwitchTarget(int operation, int field) {
        return field == 0 || (operation == TABLESWITCH ? field > 2 : field > 1 && field % 2 == 1);
    }

    private static boolean isBranch(int operation) {
        return (operation >= 153 && operation <= 168) || operation == 198 || operation == 199;
    }

    private static boolean isWideBranch(int operation) {
        return operation == 200 || operation == 201;
    }

    private int operation(int at) {
        return Byte.toUnsignedInt(code.get(at));
    }

    private static int padding(int at) {
        return 3 - (at & 3);
    }

    /** Where a switch's operands begin. */
    private static int operands(int at) {
        return at + 1 + padding(at);
    }

    private int size(int at) {
        int operation = operation(at);
        if (operation == TABLESWITCH) {
            int low = code.getInt(operands(at) + 4);
            int high = code.getInt(operands(at) + 8);
            return operands(at) - at + 12 + 4 * (high - low + 1);
        }
        if (operation == LOOKUPSWITCH) {
            return operands(at) - at + 8 + 8 * code.getInt(operands(at) + 4);
        }
        if (operation == WIDE) {
            return operation(at + 1) == IINC ? 6 : 4;
        }
        return SIZES[operation];
    }

    /** The sizes of instructions, by operation. */
    private static final int[] SIZES = sizes();

    private static int[] sizes() {
        int[] sizes = new int[256];
        IntUnaryOperator size = operation -> {
            if (operation == 16 || operation == 18 || operation == 169 || operation == 188) {
                return 2;
            }
            if ((operation >= 21 && operation <= 25) || (operation >= 54 && operation <= 58)) {
                return 2;
            }
            if (operation == 17 || operation == 19 || operation == 20 || operation == IINC) {
                return 3;
            }
            if (operation == 185 || operation == 186 || isWideBranch(operation)) {
                return 5;
            }
            if (operation == 197) {
                return 4;
            }
            boolean hasConstant = (operation >= 178 && operation <= 184)
                    || operation == 187
                    || operation == 189
                    || operation == 192
                    || operation == 193;
            return hasConstant || isBranch(operation) ? 3 : 1;
        };
        java.util.Arrays.setAll(sizes, size);
        return sizes;
    }
}
