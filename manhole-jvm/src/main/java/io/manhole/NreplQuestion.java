package io.manhole;

import io.manhole.repl.Completion;
import io.manhole.repl.SymbolInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request for completions or for what a name stands for. The standard's fields say no more than the word at the cursor; with
 * {@code manhole/code} and {@code manhole/cursor} the whole text is taken into account.
 *
 * @param isLookup whether one name is asked for, or all that could stand there
 * @param code the text
 * @param cursor an offset into it, in chars
 * @param isWord whether the client sent no more than a word, all of which a candidate is to replace
 * @param limit how long the client waits
 */
record NreplQuestion(boolean isLookup, String code, int cursor, boolean isWord, Duration limit) {

    /** A person who waits for a list of names does not wait longer. */
    private static final long DEFAULT_LIMIT_MILLIS = 5_000;

    private static final long MAX_LIMIT_MILLIS = 30_000;

    /** The question of a request's fields, or null if what it needs is missing. */
    static @Nullable NreplQuestion of(NreplRequest request) {
        boolean isLookup = request.op().equals("lookup");
        long millis = request.number("manhole/timeout", DEFAULT_LIMIT_MILLIS);
        Duration limit = Duration.ofMillis(Math.max(0, Math.min(millis, MAX_LIMIT_MILLIS)));
        @Nullable String code = request.text("manhole/code");
        if (code != null) {
            long cursor = request.number("manhole/cursor", code.length());
            return new NreplQuestion(isLookup, code, (int) Math.max(0, Math.min(cursor, code.length())), false, limit);
        }
        @Nullable String word = request.text(isLookup ? "sym" : "prefix");
        if (word == null) {
            word = request.text("symbol"); // what older clients call it
        }
        return word == null ? null : new NreplQuestion(isLookup, word, word.length(), true, limit);
    }

    /** The fields of the answer, with its status. Takes as long as the engine does. */
    Map<String, Object> answer(Session session) throws InterruptedException {
        if (isLookup) {
            @Nullable SymbolInfo info = session.lookup(code, cursor);
            return info == null ? nothing("no-info", "done") : Map.of("info", info(info), "status", List.of("done"));
        }
        List<Completion> found = session.complete(code, cursor);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("completions", completions(found));
        if (!isWord && !found.isEmpty()) {
            answer.put("manhole/start", (long) found.get(0).start());
        }
        answer.put("status", List.of("done"));
        return answer;
    }

    /** An answer that says nothing, and why. */
    Map<String, Object> nothing(String... status) {
        return isLookup
                ? Map.of("info", Map.of(), "status", List.of(status))
                : Map.of("completions", List.of(), "status", List.of(status));
    }

    private List<Map<String, Object>> completions(List<Completion> found) {
        List<Map<String, Object>> completions = new ArrayList<>();
        for (Completion each : found) {
            Map<String, Object> completion = new LinkedHashMap<>();
            completion.put("candidate", (isWord ? code.substring(0, each.start()) : "") + each.candidate());
            completion.put("type", each.kind());
            if (each.type() != null) {
                completion.put("manhole/type", each.type());
            }
            completions.add(completion);
        }
        return completions;
    }

    private static Map<String, Object> info(SymbolInfo info) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", info.name());
        put(fields, "ns", info.owner());
        fields.put("arglists-str", info.signature());
        put(fields, "doc", info.documentation());
        put(fields, "file", info.file());
        if (info.line() > 0) {
            fields.put("line", (long) info.line());
        }
        fields.put("manhole/kind", info.kind());
        put(fields, "manhole/type", info.type());
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
