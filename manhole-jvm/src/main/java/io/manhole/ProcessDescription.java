package io.manhole;

import java.lang.management.ManagementFactory;
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

    static Map<String, Object> aux() {
        Map<String, Object> aux = new LinkedHashMap<>();
        aux.put("manhole/pid", ProcessHandle.current().pid());
        aux.put("manhole/user", System.getProperty("user.name", "?"));
        aux.put("manhole/main", main());
        if (JdkModules.has("java.management")) {
            aux.put("manhole/uptime-ms", ManagementFactory.getRuntimeMXBean().getUptime());
        }
        return aux;
    }
}
