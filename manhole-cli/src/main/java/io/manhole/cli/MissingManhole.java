package io.manhole.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Says of a process whose manhole was not found what it seems to have instead, and what to do about it. */
final class MissingManhole {

    private final TargetProcess process;
    private final Path socket;
    private final ManholeSearch search;

    /** @param socket where it should have been */
    MissingManhole(TargetProcess process, Path socket) {
        this.process = process;
        this.socket = socket;
        this.search = ManholeSearch.in(process);
    }

    String describe() {
        String advice = advice();
        if (search.watchesFile()) {
            return process.describe() + " has a dormant manhole" + advice;
        }
        if (advice.isEmpty()) {
            advice = process.folder().isNoJvm()
                    ? "; only a JVM can have one, and manhole-cli ls shows which do"
                    : "; it must call Manhole.install(), and if it chose another path, give that path";
        }
        return process.describe() + " has no manhole at " + socket + advice;
    }

    /** Of a process that was asked to open its manhole. */
    String describeUnwoken() {
        String more = search.watchesFile() ? "; a thread of it waits for its pid in a trigger file" : "";
        return process.describe() + " does not listen at " + socket + more
                + "; a manhole that cannot open says why in the log of its process";
    }

    /** What could be done, to be put behind what was found; empty when nothing is known. */
    String advice() {
        List<ManholeSearch.Found> sockets = search.sockets().orElse(List.of());
        if (!sockets.isEmpty()) {
            return "; its manhole may be at "
                    + sockets.stream().map(found -> found.path().toString()).collect(Collectors.joining(" or "))
                    + ": give that path";
        }
        if (search.watchesFile()) {
            return "; a thread of it waits for its pid in a trigger file: --trigger-file FILE writes it there";
        }
        List<Signal> signals = Signal.perhapsOfManhole(process);
        if (signals.isEmpty() || process.folder().isNoJvm()) {
            return "";
        }
        return "; it handles " + signals.stream().map(Signal::toString).collect(Collectors.joining(", "))
                + ", which may be the signal of a dormant manhole: -s "
                + signals.get(0).name() + " sends it";
    }
}
