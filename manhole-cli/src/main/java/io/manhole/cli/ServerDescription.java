package io.manhole.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who the server says it is, in its answer to {@code describe}. Any of it may be missing. */
record ServerDescription(
        @Nullable String pid,
        @Nullable String main,
        @Nullable String user,
        @Nullable String banner) {

    static ServerDescription of(Message describe) {
        Message aux = describe.dictionary("aux");
        return new ServerDescription(
                aux.text("manhole/pid"),
                aux.text("manhole/main"),
                aux.text("manhole/user"),
                aux.text("manhole/banner"));
    }

    /** One line, such as {@code Connected to pid 1234, com.example.Main, user app.} */
    String greeting() {
        List<String> parts = new ArrayList<>();
        if (pid != null) {
            parts.add("pid " + pid);
        }
        if (main != null) {
            parts.add(main);
        }
        if (user != null) {
            parts.add("user " + user);
        }
        return "Connected to " + (parts.isEmpty() ? "a server that does not say who it is" : String.join(", ", parts))
                + ".";
    }
}
