package io.manhole.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process of this machine, as {@code /proc} shows it.
 *
 * @param pid as it was asked for; {@code self} for ourselves
 * @param name the first 15 bytes of the program's name
 * @param user the effective user. Not the owner of the folder in /proc, which is root for a process that gave up rights.
 * @param pids the process's ids, from our pid namespace to its own
 * @param startTime with the pid, tells it from any other process; empty when it is not known
 * @param caughtSignals a bit for each signal that it handles, the lowest for signal 1
 */
record TargetProcess(String pid, String name, User user, List<String> pids, String startTime, long caughtSignals) {

    static TargetProcess self() throws IOException {
        return find("self").orElseThrow(() -> new IOException("there is no /proc/self/status; is /proc mounted?"));
    }

    /** Empty when there is no such process, or none that we are allowed to see. */
    static Optional<TargetProcess> find(String pid) throws IOException {
        String name = "?";
        int uid = -1;
        List<String> pids = new ArrayList<>();
        long caught = 0;
        ProcessFolder process = new ProcessFolder(pid);
        Path folder = process.path();
        String startTime = process.startTime().orElse("");
        try {
            // A program's name may be any bytes.
            for (String line : Files.readAllLines(folder.resolve("status"), StandardCharsets.ISO_8859_1)) {
                String[] field = line.split(":", 2);
                String value = field[field.length - 1].strip();
                switch (field[0]) {
                    case "Name" -> name = value;
                    case "Uid" -> uid = Integer.parseInt(value.split("\t")[1]);
                    case "SigCgt" -> caught = Long.parseUnsignedLong(value, 16);
                    case "NSpid" -> pids.addAll(List.of(value.split("\t")));
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
        return Optional.of(new TargetProcess(pid, name, user, List.copyOf(pids), startTime, caught));
    }

    boolean hasEnded() {
        return folder().isZombie() || !folder().startTime().orElse("").equals(startTime);
    }

    ProcessFolder folder() {
        return new ProcessFolder(pid);
    }

    /** Where its manhole is unless it chose a path. */
    Path defaultSocket() throws IOException {
        return ProcessRoot.of(this).resolve(Path.of("/tmp/" + defaultSocketName()));
    }

    /** With the pid that it knows itself by. */
    String defaultSocketName() {
        return "manhole-" + ownPid();
    }

    String ownPid() {
        return pids.isEmpty() ? pid : pids.get(pids.size() - 1);
    }

    /** Whether it has another id in a pid namespace of its own. */
    boolean isInPidNamespace() {
        return pids.size() > 1;
    }

    /** For messages, such as {@code process 1234 (bash, not a JVM)}. Of another user's, the name must do. */
    String describe() {
        String kind =
                folder().isJvm().map(jvm -> jvm ? ", a JVM" : ", not a JVM").orElse("");
        return "process " + pid + " (" + name + kind + ")";
    }
}
