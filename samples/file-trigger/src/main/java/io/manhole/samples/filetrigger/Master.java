package io.manhole.samples.filetrigger;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the workers, and stays for as long as they do. They end with it, however it ends. */
public final class Master {
    private static final int DEFAULT_WORKERS = 3;
    private static final int USAGE = 2;

    private Master() {}

    /**
     * Runs until it is told to end.
     *
     * @param arguments the file that the workers watch, and how many of them there shall be
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 1 || arguments.length > 2 || workers(arguments) < 1) {
            System.err.println(
                    "usage: file-trigger FILE [WORKERS]\nWORKERS is a number from 1 on; without it, there are "
                            + DEFAULT_WORKERS);
            System.exit(USAGE);
        }
        Path file = Path.of(arguments[0]).toAbsolutePath();
        List<Process> workers = new ArrayList<>();
        StringBuilder pids = new StringBuilder();
        for (int i = 0; i < workers(arguments); i++) {
            Process worker = start(file);
            // A worker that does not come up says why itself, and is gone.
            if (worker.inputReader().readLine() != null) {
                workers.add(worker);
                pids.append(' ').append(worker.pid());
            }
        }
        System.out.println("file-trigger ready: workers" + pids + ", which watch " + file);
        for (Process worker : workers) {
            worker.waitFor();
        }
    }

    private static int workers(String[] arguments) {
        try {
            return arguments.length < 2 ? DEFAULT_WORKERS : Integer.parseInt(arguments[1]);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Its standard input is a pipe from here, which the system closes when this process is no more. */
    private static Process start(Path file) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // junixsocket has a native library; without this JDK 24 and later warn of it.
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Worker.class.getName(),
                        file.toString())
                .redirectError(Redirect.INHERIT)
                .start();
    }
}
