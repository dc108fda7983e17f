package io.manhole.kotlin;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that the compiler runs on, which ends with it.
 *
 * <p>The compiler leaves thread locals behind that would keep all of it in memory on a thread that lives on; it needs a deep
 * stack; and it must not be interrupted, which an evaluating thread may be at any time.
 */
final class CompilerThread implements Executor {
    static final String NAME = "manhole-kotlin-compiler";

    /** Reserved, not used: the text of a user may be nested some ten thousand levels deep. */
    private static final long STACK_BYTES = 64L << 20;

    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, CompilerThread::newThread);

    CompilerThread() {
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static Thread newThread(Runnable tasks) {
        Thread thread = new Thread(null, tasks, NAME, STACK_BYTES, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        return thread;
    }

    /** @throws RejectedExecutionException after {@link #end} */
    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** Runs the task after those that wait already; whatever it throws, Errors included, completes the future. */
    <T> CompletableFuture<T> submit(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(() -> {
            try {
                result.complete(task.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Runs the task after so long; not at all if the thread has been ended by then. */
    void executeAfter(Duration delay, Runnable task) {
        Future<?> unused = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the thread when all that waits, and then the last task, has run. Does not wait for it. */
    void end(Runnable last) {
        CompletableFuture<?> unused = submit(Executors.callable(last)); // what it throws has nobody left to go to
        executor.shutdown();
    }
}
