package io.manhole;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Answers what one connection asks of its engines, on a thread of its own: a compiler that is slow or busy must not keep the
 * connection's thread from reading an interrupt. Another one answers that there is no answer when the time is up. The threads
 * come with the first question and go when there are none for a while, or with the connection.
 */
final class NreplQuestions implements AutoCloseable {

    /** Who asks for more at a time is told so: a user types one character after the other. */
    private static final int MAX_WAITING = 16;

    private static final long IDLE_SECONDS = 30;

    private static final long POLL_MILLIS = 200;

    /** The way to the client. */
    interface Answering {
        void send(Map<String, Object> answer) throws IOException;
    }

    private final ThreadPoolExecutor executor;
    private final ScheduledThreadPoolExecutor timer;

    NreplQuestions(long connection) {
        executor = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                work -> daemon(work, "manhole-question-" + connection));
        executor.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, work -> daemon(work, "manhole-question-timeout-" + connection));
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Has the question answered after those that wait already.
     *
     * @param limit for the answer, the wait for others included; then the engine's thread is interrupted
     * @param failed the answer if the engine fails at it, which costs an answer and nothing else
     * @param late the answer when the time is up
     * @return false if too many wait, or there is no room for a thread
     */
    boolean ask(
            Callable<Map<String, Object>> question,
            Duration limit,
            Map<String, Object> failed,
            Map<String, Object> late,
            Answering answering) {
        Asked asked = new Asked(question, failed, late, answering);
        try {
            asked.begin(limit);
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError e) { // the process can have no more threads
            return !asked.drop();
        }
    }

    /** One question on its way. */
    private final class Asked {
        private final Callable<Map<String, Object>> question;
        private final Map<String, Object> failed;
        private final Map<String, Object> late;
        private final Answering answering;
        private final AtomicBoolean answered = new AtomicBoolean();
        private final FutureTask<@Nullable Void> task = new FutureTask<>(this::work, null);
        private volatile @Nullable Future<?> timeout;

        Asked(
                Callable<Map<String, Object>> question,
                Map<String, Object> failed,
                Map<String, Object> late,
                Answering answering) {
            this.question = question;
            this.failed = failed;
            this.late = late;
            this.answering = answering;
        }

        void begin(Duration limit) {
            executor.execute(task);
            timeout = timer.schedule(this::giveUp, limit.toNanos(), TimeUnit.NANOSECONDS);
            if (answered.get()) {
                cancelTimeout();
            }
        }

        private void work() {
            Map<String, Object> answer = answer(question, failed);
            if (answered.compareAndSet(false, true)) {
                send(answer, answering);
                cancelTimeout();
            }
        }

        private void cancelTimeout() {
            Future<?> scheduled = timeout;
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        }

        private void giveUp() {
            if (drop()) {
                send(late, answering);
            }
        }

        /** False if it has been answered. */
        boolean drop() {
            if (!answered.compareAndSet(false, true)) {
                return false;
            }
            task.cancel(true);
            executor.remove(task); // makes room for another, if it has not begun
            return true;
        }
    }

    private static void send(Map<String, Object> answer, Answering answering) {
        try {
            answering.send(answer);
        } catch (IOException e) {
            // Nobody is left to be answered.
        }
    }

    private static Map<String, Object> answer(Callable<Map<String, Object>> question, Map<String, Object> failed) {
        try {
            return question.call();
        } catch (Exception | StackOverflowError | LinkageError e) {
            return failed;
        }
    }

    /** After the end of the input: a client that still reads gets its answers. */
    void awaitAnswers(Connection connection) throws InterruptedException {
        executor.shutdown();
        while (!executor.awaitTermination(POLL_MILLIS, TimeUnit.MILLISECONDS) && !connection.hungUp()) {
            // Once more.
        }
    }

    /** Gives up on what is still asked. Waits for nothing. */
    @Override
    public void close() {
        for (ThreadPoolExecutor each : List.of(executor, timer)) {
            List<Runnable> unused = each.shutdownNow();
        }
    }
}
