package io.manhole.samples.javacore;

import io.manhole.Manhole;
import io.manhole.ManholeOptions;
import java.io.IOException;
import java.util.List;

/** Starts the workers, and a manhole. */
public final class Main {

    private Main() {}

    /**
     * Runs until the process is ended.
     *
     * @param arguments are not looked at
     * @throws IOException if the manhole cannot be installed
     */
    public static void main(String[] arguments) throws IOException {
        JobQueue queue = new JobQueue(3);
        queue.start();
        for (String text : List.of("to be or not to be", "all the world is a stage", "the rest is silence")) {
            queue.submit(text.substring(0, text.indexOf(' ')), text);
        }
        Manhole manhole =
                Manhole.install(ManholeOptions.builder().local("queue", queue).build());
        System.out.println("java-core ready: manhole " + manhole.socketPath());
    }
}
