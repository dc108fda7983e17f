package io.manhole.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A unix domain socket that somebody listens at, as the kernel's table has it.
 *
 * @param inode of the socket itself, not of the file at its path
 * @param path as it was bound: what it means depends on the mount namespace of who bound it. Anybody may bind a path with
 *     a line break in it, and so have lines of his own in the table: it gives hints, and proves nothing.
 */
record ListeningSocket(long inode, Path path) {

    private static final long ACCEPTS_CONNECTIONS = 0x10000;
    private static final String STREAM = "0001";

    /** All those with an absolute path, in the network namespace of the process. Empty when we may not know. */
    static List<ListeningSocket> visibleTo(ProcessFolder process) {
        List<ListeningSocket> sockets = new ArrayList<>();
        try {
            byte[] table = Files.readAllBytes(process.path().resolve("net/unix"));
            new String(table, StandardCharsets.UTF_8).lines().forEach(line -> addTo(sockets, line));
        } catch (IOException e) {
            // ended, or not for us to see
        }
        return sockets;
    }

    /** Such as {@code 0000000000000000: 00000002 00000000 00010000 0001 01 28213 /tmp/manhole-1234}. */
    private static void addTo(List<ListeningSocket> sockets, String line) {
        String[] fields = line.split(" +", 8);
        if (fields.length < 8 || !fields[4].equals(STREAM) || !fields[7].startsWith("/")) {
            return;
        }
        try {
            if ((Long.parseLong(fields[3], 16) & ACCEPTS_CONNECTIONS) != 0) {
                sockets.add(new ListeningSocket(Long.parseLong(fields[6]), Path.of(fields[7])));
            }
        } catch (NumberFormatException | InvalidPathException e) {
            // somebody's line break, or a name that our locale cannot express
        }
    }
}
