package io.manhole.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which session a client wants.
 *
 * @param earlier the id of one that outlived its connection; null for a new one
 * @param keep how long the session is to stay when we leave; null to leave that as it is, which for a new one is not at all
 */
record SessionChoice(@Nullable String earlier, @Nullable Duration keep) {

    /** One that ends with its connection. */
    static final SessionChoice NEW = new SessionChoice(null, null);

    String op() {
        return earlier == null ? "clone" : "manhole/attach-session";
    }

    /** The request for it; its id is the op. */
    Map<String, Object> request() {
        Map<String, Object> request = new HashMap<>();
        request.put("op", op());
        request.put("id", op());
        if (earlier != null) {
            request.put("session", earlier);
        }
        if (keep != null) {
            request.put("manhole/keep", keep.toSeconds());
        }
        return request;
    }

    /** The id of the session that the server's answer is about; null if it does not say. */
    @Nullable
    String idIn(Message answer) {
        return earlier == null ? answer.text("new-session") : earlier;
    }
}
