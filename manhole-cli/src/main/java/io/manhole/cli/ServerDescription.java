package io.manhole.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who the server says it is, in its answer to {@code describe}. Any of it may be missing. */
record ServerDescription(
        @Nullable String pid,
        @Nullable String main,
        @Nullable String user,
        @Nullable String host,
        @Nullable String uptimeMillis,
        @Nullable String others,
        @Nullable String engine,
        @Nullable String banner) {

    static ServerDescription of(Message describe) {
        Message aux = describe.dictionary("aux");
        return new ServerDescription(
                aux.text("manhole/pid"),
                aux.text("manhole/main"),
                aux.text("manhole/user"),
                aux.text("manhole/host"),
                aux.text("manhole/uptime-ms"),
                aux.text("manhole/others"),
                aux.text("manhole/engine"),
                aux.text("manhole/banner"));
    }

    /** Such as {@code Connected to pid 1234, com.example.Main, user app, host web-1, up 3 h 12 min.}, and who else is connected. */
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
        if (host != null) {
            parts.add("host " + host);
        }
        if (uptimeMillis != null && uptimeMillis.matches("[0-9]{1,18}")) {
            parts.add("up " + TimeSpan.spoken(Duration.ofMillis(Long.parseLong(uptimeMillis))));
        }
        return "Connected to " + (parts.isEmpty() ? "a server that does not say who it is" : String.join(", ", parts))
                + "." + (others == null ? "" : "\nAlso connected: " + others);
    }
}
