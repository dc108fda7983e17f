package io.manhole;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * System.out or System.err while a session is open. Every public method of PrintStream is overridden: a thread without a
 * route is handed to the application's stream at once, with no lock and no encoding of ours in its way.
 */
final class RoutedPrintStream extends PrintStream {

    private final PrintStream application;
    private final Supplier<@Nullable OutputRoute> route;

    RoutedPrintStream(PrintStream application, Supplier<@Nullable OutputRoute> route) {
        super(OutputStream.nullOutputStream(), false, encoding());
        this.application = application;
        this.route = route;
    }

    /** For whoever asks the stream for its charset, a method that PrintStream has from Java 18 on. */
    private static Charset encoding() {
        String name = System.getProperty("stdout.encoding");
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    PrintStream application() {
        return application;
    }

    /** Whether the client took it. Text goes to clients as UTF-8, whatever the application's own encoding is. */
    private boolean routed(@Nullable Object value, String end) {
        OutputRoute to = route.get();
        if (to == null) {
            return false;
        }
        byte[] bytes = (value + end).getBytes(StandardCharsets.UTF_8);
        return to.write(bytes, 0, bytes.length);
    }

    private boolean routedLine(@Nullable Object value) {
        return routed(value, "\n");
    }

    @Override
    public void flush() {
        if (route.get() == null) {
            application.flush();
        }
    }

    /** An evaluation that closes its System.out closes nothing; the application closes its own stream. */
    @Override
    public void close() {
        if (route.get() == null) {
            application.close();
        }
    }

    @Override
    public boolean checkError() {
        return route.get() == null && application.checkError();
    }

    @Override
    public void write(int b) {
        OutputRoute to = route.get();
        if (to == null || !to.write(new byte[] {(byte) b}, 0, 1)) {
            application.write(b);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        OutputRoute to = route.get();
        if (to == null || !to.write(bytes, offset, length)) {
            application.write(bytes, offset, length);
        }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        OutputRoute to = route.get();
        if (to == null || !to.write(bytes, 0, bytes.length)) {
            application.write(bytes);
        }
    }

    @Override
    public void writeBytes(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void print(boolean value) {
        if (!routed(value, "")) {
            application.print(value);
        }
    }

    @Override
    public void print(char value) {
        if (!routed(value, "")) {
            application.print(value);
        }
    }

    @Override
    public void print(int value) {
        if (!routed(value, "")) {
            application.print(value);
        }
    }

    @Override
    public void print(long value) {
        if (!routed(value, "")) {
            application.print(value);
        }
    }

    @Override
    public void print(float value) {
        if (!routed(value, "")) {
            application.print(value);
        }
    }

    @Override
    public void print(double value) {
        if (!routed(value, "")) {
            application.print(value);
        }
    }

    @Override
    public void print(char[] value) {
        if (route.get() == null || !routed(new String(value), "")) {
            application.print(value);
        }
    }

    @Override
    public void print(@Nullable String value) {
        if (!routed(value, "")) {
            application.print(value);
        }
    }

    @Override
    public void print(@Nullable Object value) {
        if (!routed(value, "")) {
            application.print(value);
        }
    }

    @Override
    public void println() {
        if (!routedLine("")) {
            application.println();
        }
    }

    @Override
    public void println(boolean value) {
        if (!routedLine(value)) {
            application.println(value);
        }
    }

    @Override
    public void println(char value) {
        if (!routedLine(value)) {
            application.println(value);
        }
    }

    @Override
    public void println(int value) {
        if (!routedLine(value)) {
            application.println(value);
        }
    }

    @Override
    public void println(long value) {
        if (!routedLine(value)) {
            application.println(value);
        }
    }

    @Override
    public void println(float value) {
        if (!routedLine(value)) {
            application.println(value);
        }
    }

    @Override
    public void println(double value) {
        if (!routedLine(value)) {
            application.println(value);
        }
    }

    @Override
    public void println(char[] value) {
        if (route.get() == null || !routedLine(new String(value))) {
            application.println(value);
        }
    }

    @Override
    public void println(@Nullable String value) {
        if (!routedLine(value)) {
            application.println(value);
        }
    }

    @Override
    public void println(@Nullable Object value) {
        if (!routedLine(value)) {
            application.println(value);
        }
    }

    @Override
    public PrintStream printf(String format, @Nullable Object... arguments) {
        return format(Locale.getDefault(Locale.Category.FORMAT), format, arguments);
    }

    @Override
    public PrintStream printf(@Nullable Locale locale, String format, @Nullable Object... arguments) {
        return format(locale, format, arguments);
    }

    @Override
    public PrintStream format(String format, @Nullable Object... arguments) {
        return format(Locale.getDefault(Locale.Category.FORMAT), format, arguments);
    }

    @Override
    public PrintStream format(@Nullable Locale locale, String format, @Nullable Object... arguments) {
        if (route.get() == null || !routed(String.format(locale, format, arguments), "")) {
            application.format(locale, format, arguments);
        }
        return this;
    }

    @Override
    public PrintStream append(@Nullable CharSequence text) {
        if (!routed(text, "")) {
            application.append(text);
        }
        return this;
    }

    @Override
    public PrintStream append(@Nullable CharSequence text, int start, int end) {
        return append(String.valueOf(text).subSequence(start, end));
    }

    @Override
    public PrintStream append(char value) {
        print(value);
        return this;
    }
}
