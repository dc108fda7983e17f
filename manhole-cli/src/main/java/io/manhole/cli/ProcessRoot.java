package io.manhole.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The root folder of a process, which in a container is another than ours.
 *
 * <p>From {@code /proc/PID/root} the kernel would follow an absolute symbolic link in the container into our own files, and
 * so lead the client, often root, to where whoever made the link likes. Here links are followed as the process itself
 * would, and what comes out has none.
 */
final class ProcessRoot {

    private static final int MAX_LINKS = 40;

    private final Path root;

    private ProcessRoot(Path root) {
        this.root = root;
    }

    /** Ours, when we may not know better. */
    static ProcessRoot of(TargetProcess process) {
        ProcessFolder self = new ProcessFolder("self");
        ProcessFolder folder = process.folder();
        boolean different = differs(self, folder, "ns/mnt") || differs(self, folder, "root");
        return new ProcessRoot(different ? folder.path().resolve("root") : Path.of("/"));
    }

    private static boolean differs(ProcessFolder self, ProcessFolder other, String link) {
        Optional<String> ours = self.link(link);
        Optional<String> theirs = other.link(link);
        return ours.isPresent() && theirs.isPresent() && !ours.equals(theirs);
    }

    boolean isOurs() {
        return root.getNameCount() == 0;
    }

    /**
     * The same file as we see it. What the last name stands for need not exist, and is not followed if it is a link.
     *
     * @param path absolute, as the process sees it
     */
    Path resolve(Path path) throws IOException {
        if (isOurs()) {
            return path;
        }
        Path found = root;
        int links = 0;
        Deque<Path> left = new ArrayDeque<>();
        path.forEach(left::add);
        while (!left.isEmpty()) {
            String name = left.remove().toString();
            if (name.equals("..")) {
                found = found.equals(root) ? root : parent(found);
            } else if (!name.equals(".")) {
                Path next = found.resolve(name);
                if (left.isEmpty() || !Files.isSymbolicLink(next)) {
                    found = next;
                } else {
                    links++;
                    if (links > MAX_LINKS) {
                        throw new FileSystemException(next.toString(), null, "too many symbolic links");
                    }
                    Path target = Files.readSymbolicLink(next);
                    found = target.isAbsolute() ? root : found;
                    prepend(target, left);
                }
            }
        }
        return found;
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static void prepend(Path names, Deque<Path> left) {
        for (int i = names.getNameCount() - 1; i >= 0; i--) {
            left.push(names.getName(i));
        }
    }
}
