package io.manhole.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Results as text: what code prints and its values to standard output, the rest to standard error. */
final class TextView implements ResultView {

    private final Output output;

    TextView(Output output) {
        this.output = output;
    }

    @Override
    public void out(String text) throws IOException {
        output.out(text);
    }

    @Override
    public void err(String text) throws IOException {
        output.err(text);
    }

    @Override
    public void value(String text, @Nullable String type) throws IOException {
        output.out(text + "\n");
    }
}
