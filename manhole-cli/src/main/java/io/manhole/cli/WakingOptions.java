package io.manhole.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that wake a dormant manhole. */
final class WakingOptions {

    /** A first signal may find a JVM that has yet to load what a manhole needs. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration PATIENCE_WITHOUT = Duration.ofSeconds(1);

    @Option(
            names = "-1",
            description =
                    "If no manhole is open, send the process SIGUSR1, which opens a dormant one, and wait for it.")
    private boolean usr1;

    @Option(names = "-2", description = "The same with SIGUSR2.")
    private boolean usr2;

    @Option(
            names = "-s",
            paramLabel = "SIGNAL",
            description = "The same with this signal: a name, with or without SIG, or a number.")
    private @Nullable String signal;

    @Option(
            names = "--trigger-file",
            paramLabel = "FILE",
            description = "If no manhole is open, write the pid into this file, which the process watches, and wait.")
    private @Nullable Path triggerFile;

    @Option(
            names = "--force",
            description =
                    "Send the signal also to a process that does not seem to expect it. That may end the process.")
    private boolean force;

    /** How long to go on trying to connect. */
    Duration patience(@Nullable Duration given) {
        if (given != null) {
            return given;
        }
        return signals().isEmpty() && triggerFile == null ? PATIENCE_WITHOUT : PATIENCE;
    }

    /** Null when nothing is to be woken. */
    @Nullable
    Waking forTarget(Target target, User self) throws ClientException {
        List<String> signals = signals();
        int ways = signals.size() + (triggerFile == null ? 0 : 1);
        if (ways == 0) {
            if (force) {
                throw new ClientException(ExitStatus.USAGE, "--force is for -1, -2 and -s");
            }
            return null;
        }
        if (ways > 1) {
            throw new ClientException(ExitStatus.USAGE, "only one of -1, -2, -s and --trigger-file can be given");
        }
        TargetProcess process = target.process();
        if (process == null) {
            throw new ClientException(
                    ExitStatus.USAGE,
                    "-1, -2, -s and --trigger-file need a PID: " + target.socket() + " does not say whom to wake");
        }
        return triggerFile == null
                ? new SignalWaking(process, Signal.parse(signals.get(0)), self, force)
                : new TriggerFileWaking(process, triggerFile);
    }

    private List<String> signals() {
        List<String> signals = new ArrayList<>();
        if (usr1) {
            signals.add("USR1");
        }
        if (usr2) {
            signals.add("USR2");
        }
        if (signal != null) {
            signals.add(signal);
        }
        return signals;
    }
}
