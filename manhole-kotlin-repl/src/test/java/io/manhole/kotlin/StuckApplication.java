package io.manhole.kotlin;

import io.manhole.Manhole;
import io.manhole.ManholeOptions;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A service one of whose threads holds a lock, until a client releases it. */
public final class StuckApplication {

    private StuckApplication() {}

    /** Installs a manhole with the lock, and holds that. */
    public static void main(String[] arguments) throws Exception {
        Object lock = new Object();
        CountDownLatch release = new CountDownLatch(1);
        Map<String, Object> locals = Map.of("lock", lock, "release", release);
        Manhole.install(ManholeOptions.builder().verbose(false).locals(locals).build());
        synchronized (lock) {
            System.out.println("installed");
            release.await();
        }
        new CountDownLatch(1).await();
    }
}
