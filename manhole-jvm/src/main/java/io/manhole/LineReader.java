package io.manhole;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Cuts what a plain client sends into lines, and picks out the two control characters that mean something. */
final class LineReader {

    /** What came; called on the thread that reads. */
    interface Lines {
        void line(String line) throws IOException;

        void interrupt() throws IOException;

        void tooLong() throws IOException;
    }

    private static final int CTRL_C = 0x03;
    private static final int CTRL_D = 0x04;

    private final InputStream in;
    private final int maxLineBytes;

    LineReader(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    /**
     * Reads to the end of the input, or a Ctrl-D. A last line without a line end is a line. Bytes that are not UTF-8 are
     * replaced; of a line that is too long nothing is kept.
     *
     * @return whether it was the client's input that ended, not a Ctrl-D
     */
    boolean readAll(Lines lines) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean tooLong = false;
        while (true) {
            int b = in.read();
            if (b == '\n' || b < 0 || b == CTRL_D) {
                if (tooLong) {
                    lines.tooLong();
                } else if (b == '\n' || line.size() > 0) {
                    lines.line(withoutCarriageReturn(line.toString(StandardCharsets.UTF_8)));
                }
                if (b != '\n') {
                    return b < 0;
                }
                line.reset();
                tooLong = false;
            } else if (b == CTRL_C) {
                line.reset();
                tooLong = false;
                lines.interrupt();
            } else if (line.size() == maxLineBytes) {
                line = new ByteArrayOutputStream();
                tooLong = true;
            } else if (!tooLong) {
                line.write(b);
            }
        }
    }

    private static String withoutCarriageReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
