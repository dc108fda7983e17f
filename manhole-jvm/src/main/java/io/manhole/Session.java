package io.manhole;

import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One engine, one thread that evaluates, and the queue of what it is to evaluate.
 *
 * <p>The dialect submits and interrupts from its connection's thread; everything in {@link Client} runs on the session's
 * own thread, {@code manhole-eval-N}. No lock is held while user code runs.
 */
final class Session {

    /** One line, or one request. */
    record Input(String text, @Nullable String id, long sequence) {}

    /** What is being evaluated, and since when, in terms of {@link System#nanoTime}. */
    record Evaluating(String text, long sinceNanos) {}

    /** The dialect's side of a session; called on the session's thread. */
    interface Client {
        /** The connection that the session is for. */
        Connection connection();

        /** The next input in the queue. */
        void handle(Session session, Input input);

        /** There will be no further input; the queue is empty. */
        void endOfInput(Session session);

        /** The thread is about to end, for whatever reason. */
        void ended(Session session);

        /** Something of ours went wrong, and the thread is about to end because of it. */
        void failed(Session session, Throwable cause);
    }

    /** What an interrupt met. */
    enum Interrupt {
        INTERRUPTED,
        IDLE,
        MISMATCH
    }

    /** As many characters may wait in the queue; more make the reader wait. */
    private static final long MAX_QUEUED_CHARS = 16 << 20;

    /** The session for which a thread evaluates at the moment. Threads that evaluated code starts do not inherit it. */
    private static final ThreadLocal<@Nullable Session> CURRENT = new ThreadLocal<>();

    private final String name;
    private final Client client;
    private final Engines engines;
    private final OutputRouter.Routes routes;
    private final Thread thread;
    private final @Nullable Executor executor;
    private final @Nullable Duration timeLimit;
    private final boolean mirrorsOutput;

    private final Object lock = new Object();
    private final Deque<Input> inputs = new ArrayDeque<>(); // guarded by lock
    private final Set<Long> interrupted = new HashSet<>(); // guarded by lock: sequences
    private long queuedChars; // guarded by lock
    private long sequences; // guarded by lock
    private boolean inputEnded; // guarded by lock
    private boolean closed; // guarded by lock
    private boolean released; // guarded by lock: the routes were taken back
    private @Nullable Input current; // guarded by lock: being handled
    private boolean evaluated; // guarded by lock: what is being handled has only to be answered
    private @Nullable Thread evaluator; // guarded by lock: whom to interrupt, null while the executor has not begun
    private boolean calling; // guarded by lock: user code runs, or waits for the executor
    private long calledAt; // guarded by lock: nanoTime
    private long timedOut; // guarded by lock: the last sequence that took too long
    private boolean ended; // guarded by lock: the thread is about to end
    private @Nullable Evaluating evaluating; // guarded by lock: null when nothing is evaluated
    private @Nullable Repl repl; // guarded by lock
    private final List<String> warnings = new ArrayList<>(); // guarded by lock

    Session(String name, Client client, Manhole manhole, OutputRouter.Routes routes) {
        this.name = name;
        executor = manhole.options().executor();
        timeLimit = manhole.options().evalTimeout();
        this.client = client;
        engines = manhole.engines();
        mirrorsOutput = manhole.options().mirrorOutput();
        this.routes = routes;
        thread = new Thread(null, this::run, "manhole-eval-" + name, 0, false);
        thread.setDaemon(true);
    }

    String name() {
        return name;
    }

    void start() {
        client.connection().opened(this);
        thread.start();
        if (timeLimit != null) {
            Thread watch = new Thread(null, () -> watchTime(timeLimit), "manhole-timeout-" + name, 0, false);
            watch.setDaemon(true);
            watch.start();
        }
    }

    /** The session that the calling thread evaluates for; null for all threads that do not evaluate. */
    static @Nullable Session current() {
        return CURRENT.get();
    }

    /** What is being evaluated; null if nothing is. */
    @Nullable
    Evaluating evaluating() {
        synchronized (lock) {
            return evaluating;
        }
    }

    // ---- what the connection's thread calls ----

    /** Whether the client also sees what the application prints. */
    void mirrorOutput(boolean on) {
        synchronized (lock) {
            if (!released) {
                OutputRouter.mirror(routes, on);
            }
        }
    }

    /** Puts an input into the queue; false if it is full. */
    boolean submit(String text, @Nullable String id) {
        synchronized (lock) {
            if (queuedChars > MAX_QUEUED_CHARS) {
                return false;
            }
            if (!closed) {
                inputs.add(new Input(text, id, ++sequences));
                queuedChars += text.length();
                lock.notifyAll();
            }
            return true;
        }
    }

    /** Waits a while for room in the queue. */
    void awaitRoom(long millis) throws InterruptedException {
        synchronized (lock) {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            long left = millis;
            while (queuedChars > MAX_QUEUED_CHARS && left > 0) {
                lock.wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        }
    }

    /** After this the session ends by itself, once it has handled what is in the queue. */
    void endInput() {
        synchronized (lock) {
            inputEnded = true;
            lock.notifyAll();
        }
    }

    /**
     * Interrupts what is being evaluated and what waits before it.
     *
     * @param id only if this is the one, running or waiting; null for all
     */
    Interrupt interrupt(@Nullable String id) {
        synchronized (lock) {
            List<Input> targets = new ArrayList<>(inputs);
            if (current != null && !evaluated) {
                targets.add(current);
            }
            if (targets.isEmpty()) {
                return Interrupt.IDLE;
            }
            if (id != null) {
                targets.removeIf(input -> !id.equals(input.id()));
            }
            if (targets.isEmpty()) {
                return Interrupt.MISMATCH;
            }
            targets.forEach(input -> interrupted.add(input.sequence()));
            if (current != null && interrupted.contains(current.sequence())) {
                stopEvaluation();
            }
            return Interrupt.INTERRUPTED;
        }
    }

    /** Where an evaluation stands that was interrupted and goes on nevertheless; null if there is none. */
    @Nullable
    String stuckAt() {
        synchronized (lock) {
            if (evaluating == null || current == null || !interrupted.contains(current.sequence())) {
                return null;
            }
        }
        Thread stuck = evaluatingThread();
        StackTraceElement[] frames = stuck.getStackTrace();
        return "thread \"" + stuck.getName() + "\" at "
                + (frames.length == 0 ? "an unknown place" : Frames.text(frames[0]));
    }

    private Thread evaluatingThread() {
        synchronized (lock) {
            return evaluator == null ? thread : evaluator;
        }
    }

    /** Ends the session now: drops the queue, interrupts the evaluation. Waits for nothing. */
    void close() {
        synchronized (lock) {
            closed = true;
            inputs.clear();
            queuedChars = 0;
            if (current != null) {
                interrupted.add(current.sequence());
                stopEvaluation();
            }
            lock.notifyAll();
        }
    }

    /**
     * Waits for the thread's end. If an evaluation does not stop, it is left behind: its output is discarded and its
     * engine closed, and the thread ends whenever the evaluation lets it.
     */
    void awaitEnd(long millis) throws InterruptedException {
        if (thread == Thread.currentThread()) {
            return;
        }
        thread.join(millis);
        if (thread.isAlive()) {
            release();
        }
    }

    /** Waits a while for the thread's end, and changes nothing. */
    void join(long millis) throws InterruptedException {
        thread.join(millis);
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    // ---- what the session's own thread does ----

    private void run() {
        routes.evaluatedBy(thread);
        OutputRouter.open(routes);
        mirrorOutput(mirrorsOutput);
        try {
            Repl opened = engines.open(this);
            synchronized (lock) {
                repl = opened;
                lock.notifyAll();
            }
            for (Input input = next(); input != null; input = next()) {
                client.handle(this, input);
                done();
            }
            if (!isClosed()) {
                client.endOfInput(this);
            }
        } catch (Throwable cause) { // nothing of ours may reach the application's handler of uncaught exceptions
            client.failed(this, cause);
        } finally {
            release();
            OutputRouter.close();
            synchronized (lock) {
                ended = true;
                lock.notifyAll();
            }
            client.connection().ended(this);
            client.ended(this);
        }
    }

    /** Once: closes the engine and the routes. */
    private void release() {
        Repl opened;
        synchronized (lock) {
            if (released) {
                return;
            }
            released = true;
            closed = true;
            opened = repl;
        }
        OutputRouter.mirror(routes, false);
        routes.close();
        if (opened != null) {
            opened.close();
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** The next input, or null when the session is to end. Also serves code that reads lines from System.in. */
    @Nullable
    Input next() {
        synchronized (lock) {
            while (inputs.isEmpty() && !inputEnded && !closed) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    if (evaluating != null) {
                        Thread.currentThread().interrupt();
                        return null;
                    }
                    // A late interrupt of an evaluation that has ended; nobody else interrupts this thread.
                }
            }
            Input input = closed ? null : inputs.poll();
            if (input != null) {
                queuedChars -= input.text().length();
                if (evaluating == null) {
                    current = input;
                    evaluated = false;
                }
                lock.notifyAll();
            }
            return input;
        }
    }

    private void done() {
        synchronized (lock) {
            if (current != null) {
                interrupted.remove(current.sequence());
            }
            current = null;
        }
    }

    /** Ends the session from within: what is in the queue is dropped. */
    void end() {
        synchronized (lock) {
            closed = true;
            inputs.clear();
            queuedChars = 0;
        }
    }

    /** Keeps a message for the user until something is printed anyway. */
    void warn(String message) {
        synchronized (lock) {
            warnings.add(message);
        }
    }

    /** The messages that have gathered, which are forgotten. */
    List<String> takeWarnings() {
        synchronized (lock) {
            List<String> taken = List.copyOf(warnings);
            warnings.clear();
            return taken;
        }
    }

    /** Evaluates a text on behalf of the input being handled, and tells those who want to know of evaluations. */
    Outcome evaluate(String text) {
        Connection connection = client.connection();
        FlightEvents recorder = connection.manhole().flightEvents();
        long start = System.nanoTime();
        @Nullable EvaluationEvent event = recorder.beginEvaluation();
        Outcome outcome = evaluate(text, start);
        if (outcome.kind() != Outcome.Kind.INCOMPLETE) {
            String how = outcome.kind().toString();
            recorder.endEvaluation(event, connection.number(), connection.credentials(), text, how);
            connection.evaluated(text, how, Duration.ofNanos(System.nanoTime() - start));
        }
        return outcome;
    }

    private Outcome evaluate(String text, long start) {
        Repl engine;
        synchronized (lock) {
            if (closed || isCurrentInterrupted()) {
                return Outcome.INTERRUPTED;
            }
            if (repl == null) {
                throw new IllegalStateException("evaluation outside the session's thread");
            }
            engine = repl;
            evaluator = thread;
            evaluating = new Evaluating(text, start);
        }
        OutputRouter.ensureInstalled();
        Outcome outcome;
        boolean stopped;
        boolean late;
        try {
            CURRENT.set(this);
            outcome = outcome(text, engine.eval(text));
        } catch (Throwable defect) { // of the engine, or no memory to say more: the session goes on
            outcome = Outcome.failed(defect);
        } finally {
            CURRENT.remove();
            synchronized (lock) {
                evaluated = true;
                evaluating = null;
                stopped = isCurrentInterrupted();
                late = stopped && current != null && timedOut == current.sequence();
                lock.notifyAll();
            }
            // Under the lock nobody interrupts any more; what came before is used up here.
            boolean unused = Thread.interrupted();
        }
        boolean undone = outcome.kind() == Outcome.Kind.FAILED || outcome.kind() == Outcome.Kind.INCOMPLETE;
        if (!stopped || !undone) {
            return outcome;
        }
        return late ? Outcome.of(Outcome.Kind.INTERRUPTED, tooLong()) : Outcome.INTERRUPTED;
    }

    private String tooLong() {
        return "interrupted: it took longer than the evalTimeout of "
                + (timeLimit == null ? "" : timeLimit.toString().substring(2).toLowerCase(Locale.ROOT)) + "\n";
    }

    /**
     * Runs the user's code: here, or on the application's executor. Called by the engine from within {@link #evaluate}.
     * See {@link io.manhole.repl.ReplContext#call}.
     */
    @Nullable
    Object call(Callable<? extends @Nullable Object> code) throws Exception {
        if (Thread.currentThread() != thread) {
            return code.call();
        }
        synchronized (lock) {
            calling = true;
            calledAt = System.nanoTime();
            lock.notifyAll();
        }
        try {
            return executor == null ? code.call() : new Handover(code).hand(executor);
        } finally {
            synchronized (lock) {
                calling = false;
                lock.notifyAll();
            }
        }
    }

    /** User code on its way to the application's executor, and its result on the way back. */
    private final class Handover implements Runnable {

        private final Callable<? extends @Nullable Object> code;
        private boolean begun; // guarded by lock
        private boolean cancelled; // guarded by lock
        private boolean done; // guarded by lock
        private @Nullable Object result; // guarded by lock
        private @Nullable Throwable thrown; // guarded by lock

        Handover(Callable<? extends @Nullable Object> code) {
            this.code = code;
        }

        /** On the session's thread. */
        @Nullable
        Object hand(Executor to) throws Exception {
            synchronized (lock) {
                evaluator = null;
            }
            // A thread that the executor makes for this must not inherit our routes for the rest of its life.
            OutputRouter.@Nullable Routes own = OutputRouter.enter(null);
            try {
                to.execute(this);
            } catch (RejectedExecutionException e) {
                throw new IllegalStateException(
                        "the application's executor takes no evaluations: " + e.getMessage(), e);
            } finally {
                OutputRouter.leave(own);
            }
            synchronized (lock) {
                while (!done) {
                    if (!begun && isCurrentInterrupted()) {
                        cancelled = true;
                        throw new CancellationException("interrupted before the executor had time for it");
                    }
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        // Whoever wants the evaluation stopped has said so in a field as well.
                    }
                }
                evaluator = thread;
                if (thrown != null) {
                    throw Handover.<RuntimeException>unchecked(thrown);
                }
                return result;
            }
        }

        /** On the executor's. */
        @Override
        public void run() {
            synchronized (lock) {
                if (cancelled || begun) {
                    return;
                }
                begun = true;
                evaluator = Thread.currentThread();
            }
            OutputRouter.@Nullable Routes before = OutputRouter.enter(routes);
            @Nullable Session outer = CURRENT.get();
            CURRENT.set(Session.this);
            @Nullable Object value = null;
            @Nullable Throwable trouble = null;
            try {
                value = code.call();
            } catch (Throwable e) { // it is the evaluation's outcome, and nothing of it the executor's concern
                trouble = e;
            } finally {
                OutputRouter.leave(before);
                if (outer == null) {
                    CURRENT.remove();
                } else {
                    CURRENT.set(outer); // on an executor that runs in the caller's thread
                }
            }
            synchronized (lock) {
                if (isCurrentInterrupted()) {
                    boolean unused = Thread.interrupted(); // meant for the evaluation
                }
                evaluator = null;
                result = value;
                thrown = trouble;
                done = true;
                lock.notifyAll();
            }
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the one way to throw what the code threw
        private static <E extends Throwable> E unchecked(Throwable thrown) throws E {
            throw (E) thrown;
        }
    }

    /** The whole life of the thread that there is with a time limit. */
    private void watchTime(Duration limit) {
        synchronized (lock) {
            while (!ended) {
                long left = calling ? calledAt + limit.toNanos() - System.nanoTime() : Long.MAX_VALUE;
                if (left <= 0 && current != null && !isCurrentInterrupted()) {
                    timedOut = current.sequence();
                    interrupted.add(timedOut);
                    stopEvaluation();
                }
                try {
                    if (calling && left > 0) {
                        TimeUnit.NANOSECONDS.timedWait(lock, left);
                    } else {
                        lock.wait();
                    }
                } catch (InterruptedException e) {
                    // Nobody interrupts this thread; if somebody does, it looks once more.
                }
            }
        }
    }

    /** Whether the text is whole; true also when the session has ended. Waits for the engine to be open. */
    boolean isComplete(String text) throws InterruptedException {
        Repl engine;
        synchronized (lock) {
            while (repl == null && !closed) {
                lock.wait();
            }
            engine = released ? null : repl;
        }
        return engine == null || engine.isComplete(text);
    }

    private Outcome outcome(String text, EvalResult result) throws Exception {
        if (result instanceof EvalResult.Value value) {
            // Where the code ran: an object of an event loop's may not bear to be looked at elsewhere.
            return Outcome.value(String.valueOf(call(() -> Printer.print(value.value()))), value.type());
        }
        if (result instanceof EvalResult.Incomplete) {
            return Outcome.INCOMPLETE;
        }
        if (result instanceof EvalResult.Rejected rejected) {
            return Outcome.of(Outcome.Kind.REJECTED, Diagnostics.render(text, rejected.diagnostics()));
        }
        if (result instanceof EvalResult.Failed failed) {
            return failed.thrown() instanceof ExitSignal ? Outcome.EXIT : Outcome.failed(failed.thrown());
        }
        return Outcome.NO_VALUE;
    }

    private boolean isCurrentInterrupted() {
        assert Thread.holdsLock(lock);
        return current != null && interrupted.contains(current.sequence());
    }

    private void stopEvaluation() {
        assert Thread.holdsLock(lock);
        if (evaluating != null && repl != null) {
            repl.interrupt();
            if (evaluator != null) {
                evaluator.interrupt();
            }
            lock.notifyAll();
        }
    }
}
