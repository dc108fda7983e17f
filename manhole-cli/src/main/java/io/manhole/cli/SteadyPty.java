package io.manhole.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.impl.exec.ExecPty;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.SystemStream;

/**
 * The terminal as stty shows it, whatever the user types meanwhile. JLine's own way of calling stty fails when Ctrl-C comes
 * at that moment: the terminal sends the signal to stty too, and JLine interrupts the thread that waits for it.
 */
final class SteadyPty extends ExecPty {

    private static final int ATTEMPTS = 10;

    SteadyPty() {
        super(new ExecTerminalProvider(), SystemStream.Output, "terminal");
    }

    @Override
    protected String doGetConfig() throws IOException {
        return stty(List.of("-a"));
    }

    @Override
    protected void doSetAttr(Attributes wanted) throws IOException {
        List<String> flags = getFlagsToSet(wanted, getAttr());
        if (!flags.isEmpty()) {
            stty(flags);
        }
    }

    /** Tries again when it fails: the new process may have been killed before it could ignore the signal. */
    private static String stty(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT; exec stty \"$@\"", "sh"));
        command.addAll(arguments);
        for (int attempt = 1; ; attempt++) {
            try {
                return run(command);
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // GNU stty says this where a terminal has no such flag; the others are set.
        if (waitFor(process) != 0 && !output.contains("unable to perform all requested operations")) {
            throw new IOException(String.join(" ", command) + " failed: " + output.strip());
        }
        return output;
    }

    private static int waitFor(Process process) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
