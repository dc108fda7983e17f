package io.manhole;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message of an nREPL client's. A field that is not what it should be counts as missing, except where said. */
record NreplRequest(Map<String, Object> fields) {

    String op() {
        @Nullable String op = text("op");
        return op == null ? "" : op;
    }

    @Nullable
    String text(String name) {
        return fields.get(name) instanceof String text ? text : null;
    }

    long number(String name, long otherwise) {
        return fields.get(name) instanceof Long number ? number : otherwise;
    }

    /** Bencode has no truth values. As in nREPL, anything that is there is true, but for the empty list; and what says no. */
    boolean flag(String name) {
        @Nullable Object value = fields.get(name);
        return value != null && !List.of(List.of(), 0L, "0", "", "false").contains(value);
    }

    /** Whatever the client calls its request: most send texts, some numbers. */
    @Nullable
    Object id() {
        return fields.get("id");
    }

    /** The session that is named; what is no text is the name of no session. */
    @Nullable
    Object session() {
        return fields.get("session");
    }

    /** A response to this request, to be filled. */
    Map<String, Object> addressed() {
        return addressed(id(), session());
    }

    static Map<String, Object> addressed(@Nullable Object id, @Nullable Object session) {
        Map<String, Object> message = new LinkedHashMap<>();
        if (id != null) {
            message.put("id", id);
        }
        if (session != null) {
            message.put("session", session);
        }
        return message;
    }
}
