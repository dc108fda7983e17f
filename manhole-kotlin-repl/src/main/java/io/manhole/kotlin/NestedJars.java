package io.manhole.kotlin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The engine's jars as this module carries them.
 *
 * @param id changes with any byte of any of them
 * @param jars the engine's own first, as it replaces a class of the compiler's
 */
record NestedJars(String id, List<Jar> jars) {
    private static final String ENGINE = "manhole-kotlin-engine.jar";
    private static final Set<String> NEEDED = Set.of(
            ENGINE, "kotlin-compiler-embeddable-", "kotlin-stdlib-", "kotlinx-coroutines-core-jvm-", "annotations-");
    private static final String FOLDER = "/META-INF/manhole/kotlin-engine/";

    /**
     * One of them.
     *
     * @param name the file's name
     * @param sha256 in lower-case hexadecimal digits
     */
    record Jar(String name, String sha256) {

        InputStream open() throws IOException {
            return resource(name);
        }
    }

    /** Reads the index that the build wrote beside the jars: a checksum and a name in each line. */
    static NestedJars read() throws IOException {
        try (InputStream in = resource("index")) {
            byte[] index = in.readAllBytes();
            List<Jar> jars = new String(index, StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" ", 2))
                    .map(fields -> new Jar(fields[1], fields[0]))
                    // The engine's own jar replaces a class of the compiler's.
                    .sorted(Comparator.comparing(jar -> !jar.name().equals(ENGINE)))
                    .toList();
            String id = HexFormat.of().formatHex(sha256().digest(index)).substring(0, 16);
            return new NestedJars(id, jars);
        }
    }

    /**
     * Those that the engine runs on. The others are carried for another engine: kotlin-reflect above all must not be loaded,
     * as it caches what it knows in classes of the JDK, which then keep the engine in memory.
     */
    NestedJars needed() {
        return new NestedJars(
                id,
                jars.stream()
                        .filter(jar -> NEEDED.stream().anyMatch(jar.name()::startsWith))
                        .toList());
    }

    /** Those that the stock engine runs on: all but the compiler's daemon. It cannot begin without kotlin-reflect. */
    NestedJars neededByStockEngine() {
        return new NestedJars(
                id,
                jars.stream()
                        .filter(jar -> !jar.name().startsWith("kotlin-daemon-"))
                        .toList());
    }

    /** As the name of the library's jar says. */
    static String kotlinVersion() {
        String stdlib = "kotlin-stdlib-";
        try {
            return read().jars().stream()
                    .map(Jar::name)
                    .filter(name -> name.startsWith(stdlib))
                    .map(name -> name.substring(stdlib.length(), name.length() - ".jar".length()))
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = NestedJars.class.getResourceAsStream(FOLDER + name);
        if (in == null) {
            throw new IOException("manhole-kotlin-repl is packed without its engine: no " + FOLDER + name
                    + " in it; was it repackaged?");
        }
        return in;
    }
}
