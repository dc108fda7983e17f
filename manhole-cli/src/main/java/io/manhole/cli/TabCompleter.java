package io.manhole.cli;

import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;

/** Shows JLine what the session says could stand at the cursor. */
final class TabCompleter implements Completer {

    private final CompletionSource source;

    TabCompleter(CompletionSource source) {
        this.source = source;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        String text = line.line();
        @Nullable Completions found;
        try {
            found = source.complete(text, line.cursor());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // JLine knows what to do about Ctrl-C
            return;
        }
        if (found == null) {
            reader.printAbove("no completions yet: the engine is still starting, or busy; Tab asks again");
            return;
        }
        int word = line.cursor() - line.wordCursor();
        if (found.start() > line.cursor()) {
            return;
        }
        for (Completions.Candidate each : found.candidates()) {
            String value = atWord(each.text(), text, found.start(), word);
            if (value != null) {
                String shown = TerminalText.neutralise(each.text());
                String type = each.type() == null ? null : TerminalText.neutralise(each.type());
                candidates.add(new Candidate(value, shown, null, type, null, null, false));
            }
        }
    }

    /** What replaces JLine's word so that the candidate replaces the text from its own start; null where that cannot be. */
    private static @Nullable String atWord(String candidate, String text, int start, int word) {
        if (start >= word) {
            return text.substring(word, start) + candidate;
        }
        String before = text.substring(start, word);
        return candidate.startsWith(before) ? candidate.substring(before.length()) : null;
    }
}
