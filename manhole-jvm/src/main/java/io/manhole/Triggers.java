package io.manhole;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What opens a dormant manhole from outside: signals, and the trigger file. */
final class Triggers {

    private final Manhole manhole;
    private final ManholeOptions options;
    private final List<VmSignal> signals = new ArrayList<>();
    private @Nullable TriggerFile file;

    Triggers(Manhole manhole, ManholeOptions options) {
        this.manhole = manhole;
        this.options = options;
    }

    /** Throws what the VM says of a signal that it keeps; nothing is left set then. */
    void set() {
        try {
            @Nullable String activateOn = options.activateOn();
            if (activateOn != null) {
                handle(activateOn, new Activation(manhole, activateOn));
            }
            @Nullable String oneshotOn = options.oneshotOn();
            if (oneshotOn != null) {
                handle(oneshotOn, new Oneshot(manhole, "the signal " + oneshotOn));
            }
        } catch (NoClassDefFoundError e) {
            release();
            throw new IllegalArgumentException(
                    "this Java image cannot handle signals: it lacks the module jdk.unsupported", e);
        } catch (IllegalArgumentException e) {
            release();
            throw e;
        }
        watch();
    }

    private void handle(String signal, Runnable action) {
        signals.add(VmSignal.handle(signal, action));
        switch (signal) {
            case "USR2" ->
                manhole.warn(
                        "USR2 is the signal with which HotSpot suspends threads for its Flight Recorder, which"
                                + " sends hundreds of them: the manhole will open by itself. Take another, such as USR1 or URG");
            case "HUP", "INT", "TERM" ->
                manhole.warn(
                        signal + " goes to its previous handler first, and the VM's ends the process. Take another,"
                                + " such as USR1 or URG");
            default -> {}
        }
    }

    private void watch() {
        @Nullable Path path = options.triggerFile();
        if (path != null) {
            file = new TriggerFile(path, new Oneshot(manhole, "the trigger file"), manhole.listeners());
            file.start();
        }
    }

    /** A process that is about to be frozen must not hold the watcher's descriptor; its signals it may keep. */
    void suspend() {
        if (file != null) {
            file.close();
        }
    }

    void resume() {
        watch();
    }

    void release() {
        for (VmSignal signal : signals) {
            signal.release();
        }
        signals.clear();
        suspend();
    }

    /** Opens the manhole for good. */
    private record Activation(Manhole manhole, String signal) implements Runnable {
        @Override
        public void run() {
            manhole.triggered("the signal " + signal, false);
        }
    }

    /** Opens the manhole for one client, and waits until that has left. */
    private record Oneshot(Manhole manhole, String trigger) implements Runnable {
        @Override
        public void run() {
            manhole.triggered(trigger, true);
        }
    }
}
