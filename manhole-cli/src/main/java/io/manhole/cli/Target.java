package io.manhole.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
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
        Path socket = Path.of("/tmp/manhole-" + pid);
        try {
            TargetProcess process = TargetProcess.find(pid).orElseThrow(() -> noSuchProcess(pid, socket));
            return new Target(socket, process);
        } catch (IOException e) {
            throw new ClientException(
                    ExitStatus.NO_CONNECTION, "cannot look at process " + pid + ": " + e.getMessage());
        }
    }

    private static ClientException noSuchProcess(String pid, Path socket) {
        String leftover = Files.exists(socket, LinkOption.NOFOLLOW_LINKS) ? "; it left " + socket + " behind" : "";
        return new ClientException(ExitStatus.NO_CONNECTION, "there is no process " + pid + leftover);
    }

    /** Why nothing is at the socket's path, and what to do. */
    String describeMissingSocket() {
        if (process == null) {
            return "there is no socket at " + socket;
        }
        return process.describe() + " has no manhole at " + socket
                + "; it must call Manhole.install(), and if it chose another path, give that path";
    }

    /** Why a socket is there but does not answer. */
    String describeDeadSocket() {
        if (process == null) {
            return "nobody listens at " + socket + ": its process ended or closed its manhole";
        }
        return process.describe() + " does not listen at " + socket
                + ": the socket is left over from another process, or" + " the manhole was closed";
    }
}
