package io.manhole.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Option;
import org.jspecify.annotations.Nullable;

/** The options that wake a dormant manhole. */
final class WakingOptions {

    /** A first signal may find a JVM that has yet to load what a manhole needs. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration PATIENCE_WITHOUT = Duration.ofSeconds(1);

    private static final Option USR1 = Arguments.flag("1");
    private static final Option USR2 = Arguments.flag("2");
    private static final Option SIGNAL = Arguments.valued("s");
    private static final Option TRIGGER_FILE = Arguments.valued("trigger-file");
    private static final Option FORCE = Arguments.flag("force");

    static final List<Option> ALL = List.of(USR1, USR2, SIGNAL, TRIGGER_FILE, FORCE);

    private final List<String> signals = new ArrayList<>();
    private final @Nullable Path triggerFile;
    private final boolean force;

    WakingOptions(Arguments arguments) throws ClientException {
        if (arguments.has(USR1)) {
            signals.add("USR1");
        }
        if (arguments.has(USR2)) {
            signals.add("USR2");
        }
        String signal = arguments.value(SIGNAL);
        if (signal != null) {
            signals.add(signal);
        }
        String file = arguments.value(TRIGGER_FILE);
        triggerFile = file == null ? null : path(file);
        force = arguments.has(FORCE);
    }

    private static Path path(String file) throws ClientException {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw ClientException.usage("--trigger-file: " + e.getMessage());
        }
    }

    /** How long to go on trying to connect. */
    Duration patience(@Nullable Duration given) {
        if (given != null) {
            return given;
        }
        return signals.isEmpty() && triggerFile == null ? PATIENCE_WITHOUT : PATIENCE;
    }

    /** Null when nothing is to be woken. */
    @Nullable
    Waking forTarget(Target target, User self) throws ClientException {
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
}
