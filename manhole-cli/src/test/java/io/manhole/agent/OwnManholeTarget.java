package io.manhole.agent;

import io.manhole.Manhole;
import io.manhole.ManholeOptions;
import java.io.IOException;
import java.nio.file.Path;

/** An application with a manhole of its own. Ends when its standard input does, with status 3. */
public final class OwnManholeTarget {

    private OwnManholeTarget() {}

    /** @param arguments the socket's path; or {@code environment}, for the options that are there */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("environment")) {
            System.out.println("installed: " + (Manhole.installFromEnvironment() != null));
        } else {
            Manhole.install(ManholeOptions.builder()
                    .socketPath(Path.of(arguments[0]))
                    .verbose(false)
                    .build());
            System.out.println("installed its own");
        }
        while (System.in.read() >= 0) {
            continue;
        }
        System.exit(3);
    }
}
