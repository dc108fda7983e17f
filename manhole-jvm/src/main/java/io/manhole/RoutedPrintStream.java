package io.manhole;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * System.out or System.err while a session is open. Every public method of PrintStream is overridden: a thread without a
 * route is handed to the application's stream at once, with no lock and no encoding of ours in its way.
 */
final class RoutedPrintStream extends PrintStream {

    private final PrintStream application;
    private final Function<OutputRouter.Routes, @Nullable OutputRoute> stream;

    RoutedPrintStream(PrintStream application, Function<OutputRouter.Routes, @Nullable OutputRoute> stream) {
        super(OutputStream.nullOutputStream(), false, encoding());
        this.application = application;
        this.stream = stream;
    }

    /** For whoever asks the stream for its charset, a method that PrintStream has from Java 18 on. */
    private static Charset encoding() {
        String name = System.getProperty("stdout.encoding");
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    PrintStream application() {
        return application;
    }

    /** The calling thread's; null: what it prints is the application's. */
    private @Nullable OutputRoute route() {
        OutputRouter.@Nullable Routes routes = OutputRouter.routes();
        return routes == null ? null : stream.apply(routes);
    }

    /** Whether it is worth making bytes of what is printed. */
    private boolean concernsUs() {
        return route() != null || OutputRouter.mirrors().length > 0;
    }

    /** Whether the client took it. Text goes to clients as UTF-8, whatever the application's own encoding is. */
    private boolean routed(@Nullable Object value, String end) {
        @Nullable OutputRoute to = route();
        if (to == null) {
            if (OutputRouter.mirrors().length > 0) {
                mirror((value + end).getBytes(StandardCharsets.UTF_8));
            }
            return false;
        }
        return write(to, (value + end).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean write(OutputRoute to, byte[] bytes) {
        return to.write(bytes, 0, bytes.length);
    }

    private boolean routed(byte[] bytes, int offset, int length) {
        @Nullable OutputRoute to = route();
        if (to == null) {
            if (OutputRouter.mirrors().length > 0) {
                mirror(Arrays.copyOfRange(bytes, offset, offset + length));
            }
            return false;
        }
        return to.write(bytes, offset, length);
    }

    /** What the application prints, for sessions that want to see it. Never waits: what finds no room is left out. */
    private void mirror(byte[] bytes) {
        for (OutputRouter.Routes routes : OutputRouter.mirrors()) {
            @Nullable OutputRoute to = stream.apply(routes);
            if (to != null) {
                boolean unused = write(to, bytes);
            }
        }
    }

    private boolean routedLine(@Nullable Object value) {
        return routed(value, "\n");
    }

    @Override
    public void flush() {
        if (route() == null) {
            application.flush();
        }
    }

    /** An evaluation that closes its System.out closes nothing; the application closes its own stream. */
    @Override
    public void close() {
        if (route() == null) {
            application.close();
        }
    }

    @Override
    public boolean checkError() {
        return route() == null && application.checkError();
    }

    @Override
    public void write(int b) {
        if (!routed(new byte[] {(byte) b}, 0, 1)) {
            application.write(b);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (!routed(bytes, offset, length)) {
            application.write(bytes, offset, length);
        }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        if (!routed(bytes, 0, bytes.length)) {
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
        if (!concernsUs() || !routed(new String(value), "")) {
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
        if (!concernsUs() || !routedLine(new String(value))) {
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
        if (!concernsUs() || !routed(String.format(locale, format, arguments), "")) {
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
