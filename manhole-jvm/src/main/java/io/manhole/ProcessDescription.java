package io.manhole;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who is at this end, in words for the banner and for {@code describe}. */
final class ProcessDescription {

    private ProcessDescription() {}

    static String version() {
        @Nullable String version = ProcessDescription.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    /** The main class, or the jar, as the launcher was told; without arguments, which may be secret. */
    static String main() {
        String command = System.getProperty("sun.java.command", "");
        String main = command.split(" ", 2)[0];
        return main.isEmpty() ? "an unknown main class" : main;
    }

    /** What the nREPL dialect is compatible with counts as the version of nREPL. */
    static Map<String, Object> versions() {
        Runtime.Version java = Runtime.version();
        return Map.of(
                "manhole", Map.of("version-string", version()),
                "nrepl", version("1.3.0", 1, 3, 0),
                "java",
                        version(
                                String.valueOf(System.getProperty("java.version")),
                                java.feature(),
                                java.interim(),
                                java.update()));
    }

    private static Map<String, Object> version(String text, long major, long minor, long incremental) {
        return Map.of("version-string", text, "major", major, "minor", minor, "incremental", incremental);
    }

    /** The name of this host or container, without asking a name server; null where the kernel does not tell. */
    private static @Nullable String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    static Map<String, Object> aux() {
        Map<String, Object> aux = new LinkedHashMap<>();
        aux.put("manhole/pid", ProcessHandle.current().pid());
        aux.put("manhole/user", System.getProperty("user.name", "?"));
        aux.put("manhole/main", main());
        @Nullable String host = host();
        if (host != null) {
            aux.put("manhole/host", host);
        }
        if (JdkModules.has("java.management")) {
            aux.put("manhole/uptime-ms", ManagementFactory.getRuntimeMXBean().getUptime());
        }
        return aux;
    }
}
