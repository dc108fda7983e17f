package io.manhole.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Results as JSON, one object in one line for each evaluation: {@code outcome}, {@code value}, {@code type}, {@code out},
 * {@code err}, {@code exception}; what there is none of is missing. What a thread prints after its evaluation is in the next
 * object.
 */
final class JsonView implements ResultView {

    /** Of each of the two streams; more is left out, so that a program that prints for ever does not fill our memory. */
    private static final int MAX_CHARS = 16 << 20;

    private final JsonFactory factory = new JsonFactory();
    private final Output output;
    private final StringBuilder out = new StringBuilder(); // guarded by this
    private final StringBuilder err = new StringBuilder(); // guarded by this
    private boolean truncated; // guarded by this
    private @Nullable String value; // guarded by this
    private @Nullable String type; // guarded by this
    private @Nullable String exception; // guarded by this

    JsonView(Output output) {
        this.output = output;
    }

    @Override
    public synchronized void out(String text) {
        append(out, text);
    }

    @Override
    public synchronized void err(String text) {
        append(err, text);
    }

    private void append(StringBuilder collected, String text) {
        int room = Math.min(MAX_CHARS - collected.length(), text.length());
        collected.append(text, 0, room);
        truncated |= room < text.length();
    }

    @Override
    public synchronized void value(String text, @Nullable String ofType) {
        value = text;
        type = ofType;
    }

    @Override
    public synchronized void exception(String thrown) {
        exception = thrown;
    }

    @Override
    public synchronized void ended(Outcome outcome) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField(
                    "outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            write(json, "value", value);
            write(json, "type", type);
            write(json, "out", out.isEmpty() ? null : out.toString());
            write(json, "err", err.isEmpty() ? null : err.toString());
            write(json, "exception", exception);
            if (truncated) {
                json.writeBooleanField("truncated", true);
            }
            json.writeEndObject();
        }
        out.setLength(0);
        err.setLength(0);
        truncated = false;
        value = null;
        type = null;
        exception = null;
        output.out(text + "\n");
    }

    private static void write(JsonGenerator json, String field, @Nullable String text) throws IOException {
        if (text != null) {
            json.writeStringField(field, text);
        }
    }
}
