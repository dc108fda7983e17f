package io.manhole.samples.filetrigger;

import io.manhole.Manhole;
import io.manhole.ManholeOptions;
import java.io.IOException;
import java.nio.file.Path;

/** Does jobs until its standard input ends, which is when its master does. */
public final class Worker {
    private Worker() {}

    /**
     * Runs until the master has ended.
     *
     * @param arguments the file to watch
     */
    public static void main(String[] arguments) throws IOException {
        Jobs jobs = new Jobs();
        Manhole.install(ManholeOptions.builder()
                .triggerFile(Path.of(arguments[0]))
                .local("jobs", jobs)
                // A client must not keep a worker without a master.
                .daemonConnection(true)
                .build());
        Thread thread = new Thread(jobs, "jobs");
        thread.setDaemon(true);
        thread.start();
        System.out.println("worker ready");
        while (System.in.read() >= 0) {
            // The master sends nothing.
        }
    }
}
