package io.manhole.cli;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Closes a channel if a stretch of work on it takes too long: connecting to a full backlog and reading have no time limit
 * of their own.
 */
final class TimeLimit {

    private final CountDownLatch finished = new CountDownLatch(1);

    private TimeLimit() {}

    static TimeLimit closing(Closeable channel, Duration limit) {
        TimeLimit timeLimit = new TimeLimit();
        Thread thread = new Thread(() -> timeLimit.watch(channel, limit), "manhole-cli-time-limit");
        thread.setDaemon(true);
        thread.start();
        return timeLimit;
    }

    private void watch(Closeable channel, Duration limit) {
        try {
            if (!finished.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                channel.close();
            }
        } catch (IOException | InterruptedException e) {
            // closed all the same, or not needed any more
        }
    }

    /** The work is done in time. */
    void finished() {
        finished.countDown();
    }
}
