package io.manhole.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sends a signal, which by default ends a process that does not expect it: so much is asked before. */
final class SignalWaking implements Waking {

    private static final int ANOTHER_PROCESS = 3;

    /** The last look at the start time, field 22 of stat, and kill are one shell's work, so that little can happen between. */
    private static final List<String> KILL = List.of("/bin/sh", "-c", """
            IFS= read -r stat 2>/dev/null <"/proc/$2/stat" || exit 3
            set -f
            set -- "$1" "$2" "$3" ${stat##*) }
            [ "${23}" = "$3" ] || exit 3
            kill "-$1" "$2"
            """, "sh");

    private final TargetProcess process;
    private final Signal signal;
    private final User self;
    private final boolean force;

    /** @param force whether a process gets the signal that is not known to expect it */
    SignalWaking(TargetProcess process, Signal signal, User self, boolean force) {
        this.process = process;
        this.signal = signal;
        this.self = self;
        this.force = force;
    }

    @Override
    public void wake() throws ClientException, IOException, InterruptedException {
        TargetProcess now = TargetProcess.find(process.pid())
                .filter(found -> found.startTime().equals(process.startTime()))
                .orElseThrow(this::hasEnded);
        if (!now.user().is(self) && !self.isRoot()) {
            throw refusal("it runs as " + now.user() + ", and you are " + self + "; do it as that user or as root");
        }
        if (!force) {
            requireHandler(now);
        }
        send();
    }

    private void requireHandler(TargetProcess now) throws ClientException {
        if (!signal.isCaughtBy(now)) {
            List<Signal> others = Signal.perhapsOfManhole(now);
            throw refusal("it does not handle the signal"
                    + (others.isEmpty()
                            ? ""
                            : "; it handles " + others.toString().replaceAll("[\\[\\]]", ""))
                    + "; --force sends it all the same, and may end the process");
        }
        // Not being allowed to see what it is counts as being a JVM. A shell, for one, handles signals in order to end
        // by them.
        if (now.folder().isNoJvm()) {
            throw refusal("only a JVM can have a manhole; --force sends it all the same, and may end the process");
        }
        if (signal.isCaughtByEveryJvm()) {
            throw refusal(
                    "every JVM handles that signal for itself, so a manhole cannot be told from none; where there is"
                            + " none it may end or crash the process. --force sends it all the same");
        }
    }

    private void send() throws ClientException, IOException, InterruptedException {
        List<String> command = new ArrayList<>(KILL);
        command.addAll(List.of(Integer.toString(signal.number()), process.pid(), process.startTime()));
        Process kill = new ProcessBuilder(command).redirectErrorStream(true).start();
        kill.getOutputStream().close();
        String said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = kill.waitFor();
        if (status == ANOTHER_PROCESS) {
            throw hasEnded();
        }
        if (status != 0) {
            throw new ClientException(
                    ExitStatus.NO_CONNECTION,
                    "cannot send " + signal + " to " + process.describe() + ": "
                            + (said.isEmpty() ? "kill ended with status " + status : said));
        }
    }

    private ClientException hasEnded() {
        return new ClientException(
                ExitStatus.NO_CONNECTION, "process " + process.pid() + " has ended; nothing was sent");
    }

    private ClientException refusal(String reason) {
        return new ClientException(
                ExitStatus.REFUSED, signal + " was not sent to " + process.describe() + ": " + reason);
    }

    @Override
    public String describe() {
        return signal + " was sent to it";
    }
}
