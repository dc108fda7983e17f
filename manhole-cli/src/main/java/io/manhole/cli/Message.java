package io.manhole.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One response. Nothing about its fields can be taken for granted: what has an unexpected type counts as absent. */
record Message(Map<String, Object> fields) {

    /** Strings as they are, numbers as digits. */
    @Nullable
    String text(String key) {
        Object value = fields.get(key);
        return value instanceof String || value instanceof Long ? value.toString() : null;
    }

    Set<String> status() {
        Set<String> status = new LinkedHashSet<>();
        if (fields.get("status") instanceof List<?> words) {
            words.forEach(word -> status.add(String.valueOf(word)));
        }
        return status;
    }

    boolean done() {
        return status().contains("done");
    }

    /** A dictionary inside this one; empty if there is none. */
    @SuppressWarnings("unchecked") // the codec's dictionaries have string keys
    Message dictionary(String key) {
        return new Message(fields.get(key) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of());
    }
}
