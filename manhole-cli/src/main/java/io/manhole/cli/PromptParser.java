package io.manhole.cli;

import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;

/** Lets Enter begin a new line while the text is incomplete. What the text means is the engine's business, not JLine's. */
final class PromptParser implements Parser {

    private final CompletenessCheck isComplete;

    PromptParser(CompletenessCheck isComplete) {
        this.isComplete = isComplete;
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
        if (context == ParseContext.ACCEPT_LINE && !line.isBlank() && !check(line)) {
            throw new EOFError(-1, cursor, "incomplete");
        }
        return new Word(line, cursor, context == ParseContext.COMPLETE ? beginning(line, cursor) : 0);
    }

    /** Of the name that the cursor is in or behind. */
    private static int beginning(String line, int cursor) {
        int start = cursor;
        while (start > 0 && Character.isJavaIdentifierPart(line.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private boolean check(String text) {
        try {
            return isComplete.isComplete(text);
        } catch (InterruptedException e) {
            throw new UserInterruptException(text); // Ctrl-C, pressed just after Enter
        }
    }

    @Override
    public boolean isEscapeChar(char c) {
        return false;
    }

    /** The text up to the cursor, from a place on, as one word. */
    private record Word(String line, int cursor, int start) implements CompletingParsedLine {

        @Override
        public String word() {
            return line.substring(start, cursor);
        }

        @Override
        public int wordCursor() {
            return cursor - start;
        }

        @Override
        public int wordIndex() {
            return 0;
        }

        @Override
        public List<String> words() {
            return List.of(word());
        }

        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor();
        }

        @Override
        public int rawWordLength() {
            return wordCursor();
        }
    }
}
