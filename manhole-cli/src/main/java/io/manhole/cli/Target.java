package io.manhole.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect, and to whom.
 *
 * @param socket the path of the socket
 * @param process the process that must be at the other end, or null when only a path was given
 */
record Target(Path socket, @Nullable TargetProcess process) {

    /** Understands {@code PID} and {@code PATH}. A file whose name is a number must be given as {@code ./1234}. */
    static Target parse(String argument) throws ClientException {
        if (argument.matches("[0-9]+")) {
            return ofProcess(argument.replaceFirst("^0+(?=.)", ""));
        }
        if (argument.contains("/")
                || (!argument.isEmpty() && Files.exists(Path.of(argument), LinkOption.NOFOLLOW_LINKS))) {
            return new Target(Path.of(argument), null);
        }
        throw new ClientException(
                ExitStatus.USAGE,
                "PID|PATH must be a process id such as 1234, or the path of a socket such as /tmp/manhole-1234; got '"
                        + argument + "'");
    }

    private static Target ofProcess(String pid) throws ClientException {
        try {
            TargetProcess process = TargetProcess.find(pid).orElseThrow(() -> noSuchProcess(pid));
            return new Target(process.defaultSocket(), process);
        } catch (IOException e) {
            throw new ClientException(
                    ExitStatus.NO_CONNECTION, "cannot look at process " + pid + ": " + e.getMessage());
        }
    }

    private static ClientException noSuchProcess(String pid) {
        Path socket = Path.of("/tmp/manhole-" + pid);
        String leftover = Files.exists(socket, LinkOption.NOFOLLOW_LINKS) ? "; it left " + socket + " behind" : "";
        return new ClientException(ExitStatus.NO_CONNECTION, "there is no process " + pid + leftover);
    }

    /**
     * Whether the path must be known to be the process's before it is tried: a name that was made of a pid of another pid
     * namespace may well be that of a process of ours. False also where that cannot be known.
     */
    boolean isGuess() {
        return process != null
                && process.isInPidNamespace()
                && process.folder().sockets().isPresent();
    }

    /** The same process where it is known to listen; empty when that is not known, or not with certainty. */
    Optional<Target> located() {
        if (process == null) {
            return Optional.empty();
        }
        List<ManholeSearch.Found> sockets = ManholeSearch.in(process).sockets().orElse(List.of());
        return sockets.size() == 1 && sockets.get(0).certain()
                ? Optional.of(new Target(sockets.get(0).path(), process))
                : sockets.stream()
                        .filter(found -> found.certain() && found.path().equals(socket))
                        .findFirst()
                        .map(found -> this);
    }

    /** Why nothing is at the socket's path, and what to do. */
    String describeMissingSocket() {
        return process == null ? "there is no socket at " + socket : new MissingManhole(process, socket).describe();
    }

    /** For a process that has ended. */
    String describeEnd() {
        return process == null ? "it ended" : "process " + process.pid() + " ended";
    }

    /** What there is to say of a process that was to open its manhole and did not. */
    String describeUnwoken() {
        return process == null ? "nobody listens at " + socket : new MissingManhole(process, socket).describeUnwoken();
    }

    /** Why a socket is there but does not answer. */
    String describeDeadSocket() {
        if (process == null) {
            return "nobody listens at " + socket + ": its process ended or closed its manhole";
        }
        return process.describe() + " does not listen at " + socket
                + ": the socket is left over from another process, or the manhole was closed"
                + new MissingManhole(process, socket).advice();
    }
}
