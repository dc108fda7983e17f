package io.manhole.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks for all manholes of a user on this machine; for root, of all users. Connects to none of them. */
final class ManholeCensus {

    private final User self;
    private final List<TargetProcess> processes = new ArrayList<>();
    /** What is listened at, by network namespace. */
    private final Map<String, List<ListeningSocket>> tables = new HashMap<>();

    private final List<ListedManhole> found = new ArrayList<>();

    private ManholeCensus(User self) {
        this.self = self;
    }

    static List<ListedManhole> take(User self) throws IOException {
        ManholeCensus census = new ManholeCensus(self);
        census.findProcesses();
        census.processes.forEach(census::addManholesOf);
        census.addSocketsIn(Path.of("/tmp"));
        census.found.sort(ListedManhole.ORDER);
        return census.found;
    }

    private void findProcesses() throws IOException {
        String[] names = new File("/proc").list((folder, name) -> name.matches("[0-9]+"));
        if (names == null) {
            throw new IOException("cannot list /proc; is it mounted?");
        }
        for (String pid : names) {
            try {
                TargetProcess.find(pid)
                        .filter(process -> concernsUs(process.user()))
                        .ifPresent(processes::add);
            } catch (IOException e) {
                // ended meanwhile
            }
        }
        addTable(new ProcessFolder("self"));
        processes.forEach(process -> addTable(process.folder()));
    }

    private boolean concernsUs(User user) {
        return self.isRoot() || user.is(self);
    }

    private void addTable(ProcessFolder process) {
        process.link("ns/net")
                .ifPresent(namespace -> tables.computeIfAbsent(namespace, key -> ListeningSocket.visibleTo(process)));
    }

    private void addManholesOf(TargetProcess process) {
        ManholeSearch search = ManholeSearch.in(process);
        List<ListeningSocket> table = process.folder()
                .link("ns/net")
                .map(namespace -> tables.getOrDefault(namespace, List.of()))
                .orElse(List.of());
        if (!search.hasTraces() && !hasDefaultSocket(process, table)) {
            return;
        }
        List<ManholeSearch.Found> sockets = search.sockets(table).orElse(List.of());
        for (ManholeSearch.Found socket : sockets) {
            add(socket.path(), socket.certain() ? ListedManhole.State.LIVE : ListedManhole.State.POSSIBLE, process);
        }
        if (sockets.isEmpty() && search.watchesFile()) {
            found.add(ListedManhole.dormant(process));
        }
    }

    private static boolean hasDefaultSocket(TargetProcess process, List<ListeningSocket> table) {
        return table.stream().anyMatch(socket -> socket.path().endsWith(process.defaultSocketName()));
    }

    /** Those that no process was found for, which most often are left over. */
    private void addSocketsIn(Path folder) throws IOException {
        Set<Path> known = new HashSet<>();
        found.forEach(manhole -> known.add(manhole.socket()));
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(folder, "manhole-*")) {
            for (Path socket : sockets) {
                if (!known.contains(socket)) {
                    addSocket(socket);
                }
            }
        }
    }

    private void addSocket(Path socket) {
        try {
            if (!ServerCheck.isSocket(socket) || !concernsUs(User.ownerOf(socket))) {
                return;
            }
        } catch (IOException e) {
            return; // removed meanwhile
        }
        if (socket.toString().contains("\n")) {
            return; // the kernel's table has a name in a line, and cannot tell whether anybody listens at this one
        }
        List<ListeningSocket> listening = tables.values().stream()
                .flatMap(List::stream)
                .filter(each -> each.path().equals(socket))
                .toList();
        if (listening.isEmpty()) {
            add(socket, ListedManhole.State.STALE, null);
        } else {
            add(socket, ListedManhole.State.LIVE, owner(listening));
        }
    }

    private @Nullable TargetProcess owner(List<ListeningSocket> sockets) {
        for (TargetProcess process : processes) {
            Set<Long> inodes = process.folder().sockets().orElse(Set.of());
            if (sockets.stream().anyMatch(socket -> inodes.contains(socket.inode()))) {
                return process;
            }
        }
        return null;
    }

    private void add(Path socket, ListedManhole.State state, @Nullable TargetProcess process) {
        try {
            found.add(ListedManhole.at(socket, state, process));
        } catch (IOException e) {
            // removed meanwhile
        }
    }
}
