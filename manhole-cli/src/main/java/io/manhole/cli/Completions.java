package io.manhole.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What could stand at the cursor.
 *
 * @param start where the text begins that a candidate replaces, up to the cursor
 * @param candidates best first
 */
record Completions(int start, List<Candidate> candidates) {

    static final Completions NONE = new Completions(0, List.of());

    /**
     * One of them.
     *
     * @param text to be put in place
     * @param type its type or signature, or what sort of name it is where the server does not know
     */
    record Candidate(String text, @Nullable String type) {}

    /** Those of the names that begin with the text. */
    static Completions among(List<String> names, String text) {
        return new Completions(
                0,
                names.stream()
                        .filter(name -> name.startsWith(text))
                        .map(name -> new Candidate(name, null))
                        .toList());
    }

    /** Takes them from the answer; what is not as it should be is left out. */
    static Completions of(Message answer) {
        String start = answer.text("manhole/start");
        List<Candidate> candidates = new ArrayList<>();
        if (answer.fields().get("completions") instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> fields && fields.get("candidate") instanceof String text) {
                    Object type = fields.get("manhole/type") instanceof String known ? known : fields.get("type");
                    candidates.add(new Candidate(text, type instanceof String shown ? shown : null));
                }
            }
        }
        if (start == null || candidates.isEmpty()) {
            return NONE;
        }
        try {
            return new Completions(Integer.parseInt(start), candidates);
        } catch (NumberFormatException e) {
            return NONE;
        }
    }
}
