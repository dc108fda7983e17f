package io.manhole.samples.filetrigger;

/** What a worker does all day. Safe for use by any thread. */
public final class Jobs implements Runnable {
    private static final long JOB_MILLIS = 100;

    private long done; // guarded by this
    private boolean paused; // guarded by this

    Jobs() {}

    /** How many jobs are done. */
    public synchronized long done() {
        return done;
    }

    /** Stops after the job in hand; {@link #resume} goes on. */
    public synchronized void pause() {
        paused = true;
    }

    /** Goes on with the next job. */
    public synchronized void resume() {
        paused = false;
        notifyAll();
    }

    @Override
    public void run() {
        try {
            while (true) {
                Thread.sleep(JOB_MILLIS);
                count();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void count() throws InterruptedException {
        while (paused) {
            wait();
        }
        done++;
    }
}
