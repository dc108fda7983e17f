package io.manhole;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * A signal that this process handles: runs an action at each delivery, after whoever handled the signal before.
 *
 * <p>The one file that knows {@code sun.misc.Signal}, the only way to a signal on the JVM. It is compiled on its own,
 * since javac's warning of that class cannot be suppressed; a proxy made at run time would do without, but takes 10 to 30
 * ms the first time, of an installation that shall take 5.
 */
final class VmSignal implements SignalHandler {

    /** Of Linux and macOS; which of them this system has, and under which number, the VM knows. */
    private static final String[] NAMES = {
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS", "EMT", "INFO"
    };

    private static final String ADVICE =
            "USR1, URG and WINCH are good choices, and most others but QUIT, ILL, FPE, KILL," + " SEGV and STOP work";

    private final Signal signal;
    private final Runnable action;
    private volatile SignalHandler previous = SignalHandler.SIG_IGN;
    private volatile boolean released;

    private VmSignal(Signal signal, Runnable action) {
        this.signal = signal;
        this.action = action;
    }

    /**
     * The name of a signal without SIG, in capitals.
     *
     * @param text a name with or without SIG, or a number
     * @throws IllegalArgumentException if this system has no such signal
     */
    static String name(String text) {
        String name = text.trim().toUpperCase(Locale.ROOT);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        boolean number = !name.isEmpty() && name.length() < 4;
        for (int i = 0; i < name.length(); i++) {
            number &= name.charAt(i) >= '0' && name.charAt(i) <= '9';
        }
        for (String known : NAMES) {
            if (number ? number(known) == Integer.parseInt(name) : known.equals(name) && number(known) > 0) {
                return known;
            }
        }
        throw new IllegalArgumentException("there is no signal '" + text + "' on this system; known are "
                + String.join(", ", known()) + ", with or without SIG, or by number");
    }

    /** The number, or -1 if this system does not have the signal. */
    private static int number(String name) {
        try {
            return new Signal(name).getNumber();
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }

    private static List<String> known() {
        List<String> known = new ArrayList<>();
        for (String name : NAMES) {
            if (number(name) > 0) {
                known.add(name);
            }
        }
        return known;
    }

    /**
     * Handles a signal from now on, on a thread of the VM's for each delivery.
     *
     * @param name as {@link #name} gives it
     * @param action what to do
     * @throws IllegalArgumentException if the VM does not let go of the signal
     */
    static VmSignal handle(String name, Runnable action) {
        Signal signal = new Signal(name);
        VmSignal handler = new VmSignal(signal, action);
        try {
            handler.previous = Signal.handle(signal, handler);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the VM does not give up the signal " + name + " (" + e.getMessage() + "); " + ADVICE
                            + (List.of("HUP", "INT", "TERM").contains(name)
                                    ? " (-Xrs takes HUP, INT and TERM away)"
                                    : ""),
                    e);
        }
        return handler;
    }

    /** The application's handler, or the VM's, comes first: it must not wait for a client of ours. */
    @Override
    public void handle(Signal delivered) {
        SignalHandler before = previous;
        if (!before.equals(SignalHandler.SIG_DFL) && !before.equals(SignalHandler.SIG_IGN)) {
            try {
                before.handle(delivered);
            } catch (UnsupportedOperationException e) {
                // A handler in native code that only the system can call.
            } catch (RuntimeException | Error e) {
                runAction();
                throw e; // to where it would have gone without us
            }
        }
        runAction();
    }

    private void runAction() {
        if (!released) {
            action.run();
        }
    }

    /** Puts the previous handler back, unless somebody has put theirs over ours: then ours only passes on to it. */
    void release() {
        released = true;
        SignalHandler found = Signal.handle(signal, previous);
        if (!found.equals(this)) {
            Signal.handle(signal, found);
        }
    }
}
