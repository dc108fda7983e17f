package io.manhole.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel tells of a process's manhole: the sockets that the process listens at, and threads with the names that a
 * manhole gives them. Nobody is connected to: that would use up a manhole which opened for one client, and a stranger's
 * socket is not to be touched. So what is found is a hint; {@link ServerCheck} and {@link Handshake} find out the truth.
 */
final class ManholeSearch {

    /** {@code manhole-listener}, which JDK 17 cuts after 15 bytes, and later ones in the middle. */
    private static final Set<String> LISTENERS = Set.of("manhole-listene", "manhole..stener");

    private static final String FILE_WATCH = "manhole-trigger";

    private final TargetProcess process;
    private final int listeners;
    private final boolean watchesFile;

    private ManholeSearch(TargetProcess process, List<String> threads) {
        this.process = process;
        this.listeners = (int) threads.stream().filter(LISTENERS::contains).count();
        this.watchesFile = threads.contains(FILE_WATCH);
    }

    static ManholeSearch in(TargetProcess process) {
        return new ManholeSearch(process, process.folder().threadNames());
    }

    /** A socket at which a process listens. */
    record Found(Path path, boolean certain) {}

    /** Whether there is a thread that only a manhole has. */
    boolean hasTraces() {
        return listeners > 0 || watchesFile;
    }

    /** Whether a thread waits for the pid of this process in a trigger file. */
    boolean watchesFile() {
        return watchesFile;
    }

    /** As {@link #sockets(List)}, looking at what there is now. */
    Optional<List<Found>> sockets() {
        return sockets(ListeningSocket.visibleTo(process.folder()));
    }

    /**
     * The sockets of its manholes, as we see them; empty when we may not know what it listens at.
     *
     * <p>The one with the default name is one. Beyond that there are as many as there are threads for them: first those with
     * manhole in their path, then all others.
     *
     * @param table what somebody listens at in its network namespace
     */
    Optional<List<Found>> sockets(List<ListeningSocket> table) {
        Optional<Set<Long>> inodes = process.folder().sockets();
        if (inodes.isEmpty()) {
            return Optional.empty();
        }
        ProcessRoot root = ProcessRoot.of(process);
        List<Found> found = new ArrayList<>();
        List<Path> named = new ArrayList<>();
        List<Path> others = new ArrayList<>();
        for (ListeningSocket socket : table) {
            Path file = inodes.get().contains(socket.inode()) ? file(socket.path(), root) : null;
            String name = String.valueOf(socket.path().getFileName());
            if (file == null || name.startsWith(".java_pid")) { // the JVM's own, for attaching
                continue;
            }
            if (name.equals(process.defaultSocketName())) {
                found.add(new Found(file, true));
            } else if (socket.path().toString().contains("manhole")) {
                named.add(file);
            } else {
                others.add(file);
            }
        }
        addTo(found, named, named.size() <= listeners - found.size());
        addTo(found, others, found.isEmpty() && others.size() == 1);
        return Optional.of(found);
    }

    private void addTo(List<Found> found, List<Path> files, boolean certain) {
        if (found.size() < listeners) {
            files.forEach(file -> found.add(new Found(file, certain)));
        }
    }

    /** The file at the path, if it is a socket that the process can have bound. */
    private @Nullable Path file(Path bound, ProcessRoot root) {
        try {
            Path file = root.resolve(bound);
            User owner = User.ownerOf(file);
            boolean fits = owner.is(process.user()) || owner.isRoot();
            return fits && ServerCheck.isSocket(file) ? file : null;
        } catch (IOException e) {
            return null; // removed, or in a folder that is not for us
        }
    }
}
