package io.manhole.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process of this machine, as {@code /proc} shows it.
 *
 * @param pid as it was asked for; {@code self} for ourselves
 * @param name the first 15 bytes of the program's name
 * @param user the effective user. Not the owner of the folder in /proc, which is root for a process that gave up rights.
 * @param pids the process's ids, from our pid namespace to its own
 */
record TargetProcess(String pid, String name, User user, List<String> pids) {

    static TargetProcess self() throws IOException {
        return find("self").orElseThrow(() -> new IOException("there is no /proc/self/status; is /proc mounted?"));
    }

    /** Empty when there is no such process, or none that we are allowed to see. */
    static Optional<TargetProcess> find(String pid) throws IOException {
        String name = "?";
        int uid = -1;
        List<String> pids = new ArrayList<>();
        Path folder = Path.of("/proc", pid);
        try {
            // A program's name may be any bytes.
            for (String line : Files.readAllLines(folder.resolve("status"), StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split("\\s+");
                switch (fields[0]) {
                    case "Name:" -> name = line.substring("Name:".length()).strip();
                    case "Uid:" -> uid = Integer.parseInt(fields[2]);
                    case "NSpid:" -> pids.addAll(List.of(fields).subList(1, fields.length));
                    default -> {}
                }
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (uid < 0) {
            throw new IOException("no Uid in " + folder.resolve("status"));
        }
        User owner = User.ownerOf(folder);
        User user = owner.uid() == uid ? owner : User.withId(uid);
        return Optional.of(new TargetProcess(pid, name, user, List.copyOf(pids)));
    }

    /** For messages, such as {@code process 1234 (bash, not a JVM)}. */
    String describe() {
        String kind;
        try (Stream<String> mappings = Files.lines(Path.of("/proc", pid, "maps"), StandardCharsets.ISO_8859_1)) {
            kind = mappings.anyMatch(line -> line.endsWith("/libjvm.so")) ? ", a JVM" : ", not a JVM";
        } catch (IOException e) {
            kind = ""; // another user's: its name must do
        }
        return "process " + pid + " (" + name + kind + ")";
    }
}
