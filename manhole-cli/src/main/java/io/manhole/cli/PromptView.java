package io.manhole.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Results at a prompt: coloured by kind, and of what is longer than the screen only the beginning, until more is asked for. */
final class PromptView implements ResultView {

    private final Output output;
    private final Prompt prompt;
    /** What was not shown of the latest long text. Of the main thread. */
    private String rest = "";

    private Colour colourOfRest = Colour.NONE;

    PromptView(Output output, Prompt prompt) {
        this.output = output;
        this.prompt = prompt;
    }

    @Override
    public void out(String text) throws IOException {
        output.out(text);
    }

    @Override
    public void err(String text) throws IOException {
        output.err(text, Colour.ERROR);
    }

    @Override
    public void value(String text, @Nullable String type) throws IOException {
        page(text, type == null ? Colour.NONE : Colour.ofValue(type));
    }

    /** Shows as much of a text as the screen has room for, and keeps the rest. */
    void page(String text, Colour colour) throws IOException {
        int end = prompt.endOfPage(text);
        output.out(text.substring(0, end), colour);
        output.out("\n");
        rest = text.substring(end).replaceFirst("^\n", "");
        colourOfRest = colour;
        if (!rest.isEmpty()) {
            output.out("… " + rest.lines().count() + " more lines, :more shows them\n", Colour.HINT);
        }
    }

    /** Shows what comes next of the latest long text; false if there is nothing. */
    boolean more() throws IOException {
        if (rest.isEmpty()) {
            return false;
        }
        page(rest, colourOfRest);
        return true;
    }
}
