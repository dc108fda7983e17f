package io.manhole.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the folder of a process in {@code /proc} tells. What cannot be read, because the process has ended or is another
 * user's, is left out.
 */
final class ProcessFolder {

    private static final String SOCKET = "socket:[";

    private final Path folder;

    /** @param pid a number, or {@code self} */
    ProcessFolder(String pid) {
        folder = Path.of("/proc", pid);
    }

    Path path() {
        return folder;
    }

    /** The names of its threads; a JVM shortens those of more than 15 bytes. */
    List<String> threadNames() {
        List<String> names = new ArrayList<>();
        for (String thread : list("task")) {
            text("task/" + thread + "/comm", StandardCharsets.ISO_8859_1).ifPresent(name -> names.add(name.strip()));
        }
        return names;
    }

    /** The inodes of the sockets that it has open; empty when we may not know. */
    Optional<Set<Long>> sockets() {
        String[] descriptors = folder.resolve("fd").toFile().list();
        if (descriptors == null) {
            return Optional.empty();
        }
        Set<Long> inodes = new HashSet<>();
        for (String descriptor : descriptors) {
            link("fd/" + descriptor)
                    .filter(target -> target.startsWith(SOCKET))
                    .ifPresent(
                            target -> inodes.add(Long.valueOf(target.substring(SOCKET.length(), target.length() - 1))));
        }
        return Optional.of(inodes);
    }

    /** The program and its arguments. */
    List<String> commandLine() {
        return text("cmdline", StandardCharsets.UTF_8)
                .map(line -> List.of(line.split("\0")))
                .orElse(List.of());
    }

    /** Whether it is known to be something else than a JVM. */
    boolean isNoJvm() {
        return !isJvm().orElse(true);
    }

    /** Whether the library of the JVM is in its memory; empty when we may not know. */
    Optional<Boolean> isJvm() {
        try (Stream<String> mappings = Files.lines(folder.resolve("maps"), StandardCharsets.ISO_8859_1)) {
            return Optional.of(mappings.anyMatch(line -> line.endsWith("/libjvm.so")));
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** When it started, in ticks since the system did. No two processes have both this and the pid in common. */
    Optional<String> startTime() {
        String[] fields = stat();
        return fields.length > 22 - 3 ? Optional.of(fields[22 - 3]) : Optional.empty();
    }

    /** Whether it has ended, and its parent has not asked yet how. The first thread of many may end alone. */
    boolean isZombie() {
        return list("task").size() <= 1 && stat()[0].equals("Z");
    }

    /** The fields from the third, the state, on. The second, the program's name in parentheses, may hold any character. */
    private String[] stat() {
        String stat = text("stat", StandardCharsets.ISO_8859_1).orElse("");
        return stat.substring(stat.lastIndexOf(')') + 1).stripLeading().split(" ");
    }

    /** What a symbolic link in the folder points to, such as {@code ns/mnt} or {@code root}. */
    Optional<String> link(String name) {
        try {
            return Optional.of(Files.readSymbolicLink(folder.resolve(name)).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<String> text(String name, Charset charset) {
        try {
            return Optional.of(new String(Files.readAllBytes(folder.resolve(name)), charset));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private List<String> list(String name) {
        String[] names = new File(folder.toFile(), name).list();
        return names == null ? List.of() : List.of(names);
    }
}
