package io.manhole;

import io.manhole.repl.Completion;
import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.SymbolInfo;
import java.lang.ref.WeakReference;
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
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One engine, one thread that evaluates, and the queue of what it is to evaluate.
 *
 * <p>The dialect submits and interrupts from its connection's thread; everything in {@link Client} runs on the session's
 * own thread, {@code manhole-eval-N}. No lock is held while user code runs.
 */
final class Session {

    /**
     * One line, or one request.
     *
     * @param id what the client calls it
     * @param quota the most chars of the value that are of use to the client; negative if it did not say
     */
    record Input(String text, @Nullable Object id, long quota, long sequence) {}

    /** What became of an input. */
    enum Submitted {
        QUEUED,
        /** The queue is full: there may be room later. */
        FULL,
        /** The session has ended, or is about to. */
        ENDED
    }

    /** What is being evaluated, and since when, in terms of {@link System#nanoTime}. */
    record Evaluating(String text, long sinceNanos) {}

    /** The dialect's side of a session; called on the session's thread. */
    interface Client {
        /** The connection that the session is for; one that has ended, if the session outlives it. */
        Connection connection();

        /** There is an engine now; what that had to say can be taken. */
        default void engineOpened(Session session) {}

        /** The next input in the queue. */
        void handle(Session session, Input input);

        /** An input that will not be handled, for the session ends. Called by whatever thread ends it; must not wait. */
        default void dropped(Session session, Input input) {}

        /** A value has completed that was pending when it was shown; no evaluation is under way. */
        default void completed(Session session, String value) {}

        /** There will be no further input; the queue is empty. */
        void endOfInput(Session session);

        /** The thread is about to end, for whatever reason. */
        void ended(Session session);

        /** Something of ours went wrong, and the thread is about to end because of it. */
        void failed(Session session, Throwable cause);

        /**
         * The evaluation goes on although it was interrupted a while ago. Called by a thread of its own, which must not wait for
         * the client.
         *
         * @param what where it stands, and since when; without a line end
         */
        void stuck(Session session, String what);

        /**
         * The evaluation under way was left behind, on another thread, and is to be answered now.
         *
         * @param what what that means; without a line end
         */
        void leftBehind(Session session, String what);
    }

    /** What came of leaving an evaluation behind. */
    enum Abandon {
        ABANDONED,
        IDLE,
        TOO_MANY
    }

    /** What an interrupt met. */
    enum Interrupt {
        INTERRUPTED,
        IDLE,
        MISMATCH
    }

    /** As many characters may wait in the queue; more make the reader wait. */
    private static final long MAX_QUEUED_CHARS = 16 << 20;

    /** So many values may have completed and wait to be shown, or be looked at until they have; of more nothing is said. */
    private static final int MAX_COMPLETED = 100;

    /** How long an idle session rests between two looks at pending values, at first and after a while. */
    private static final long FIRST_LOOK_MILLIS = 20;

    private static final long LAST_LOOK_MILLIS = 1_000;

    /** So many evaluations may be left behind by one session while none of them ends. */
    static final int MAX_ABANDONED = 4;

    static final String TOO_MANY_ABANDONED =
            "not left behind: " + MAX_ABANDONED + " evaluations of a session, and " + AbandonedEvaluations.MAX
                    + " of a process, are the most that may run on by themselves; disconnect instead";

    /** An interrupted evaluation that has not ended by then is reported to the user. */
    private static final long STOP_MILLIS = 1_000;

    /** What a thread evaluates at the moment. Threads that evaluated code starts do not inherit it. */
    private static final ThreadLocal<@Nullable Turn> CURRENT = new ThreadLocal<>();

    private final String name;
    private final Client client;
    private final Engines engines;
    private final OutputRouter.Routes routes;
    private final @Nullable Executor executor;
    private final @Nullable Duration timeLimit;
    private final boolean mirrorsOutput;

    private final Object lock = new Object();
    private final Deque<Input> inputs = new ArrayDeque<>(); // guarded by lock
    private final Deque<Object> completed = new ArrayDeque<>(); // guarded by lock
    private final List<WeakReference<Future<?>>> pending = new ArrayList<>(); // guarded by lock: those that do not tell
    private final Set<Long> interrupted = new HashSet<>(); // guarded by lock: sequences
    private long queuedChars; // guarded by lock
    private long sequences; // guarded by lock
    private boolean inputEnded; // guarded by lock
    private boolean closed; // guarded by lock
    private boolean released; // guarded by lock: the routes were taken back
    private boolean mirroring; // guarded by lock: the client is to see what the application prints
    private boolean detached; // guarded by lock: there is no client at the moment
    private @Nullable Input current; // guarded by lock: being handled
    private boolean evaluated; // guarded by lock: what is being handled has only to be answered
    private long timedOut; // guarded by lock: the last sequence that took too long
    private boolean ended; // guarded by lock: the thread is about to end
    private @Nullable Turn turn; // guarded by lock: null when nothing is evaluated
    private Thread thread; // guarded by lock: another one after an evaluation was left behind on the first
    private int abandoned; // guarded by lock: how many evaluations were left behind and still run
    private @Nullable Turn unanswered; // guarded by lock: left behind, to be answered by the next thread
    private boolean declarationsLost; // guarded by lock: the engine could not go on
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
        thread = newThread();
    }

    private Thread newThread() {
        return daemon("manhole-eval-" + name, this::run);
    }

    /** False if the process can have no more threads. */
    private static boolean started(Thread thread) {
        try {
            thread.start();
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    String name() {
        return name;
    }

    void start() {
        client.connection().opened(this);
        mirrorOutput(mirrorsOutput);
        thread().start();
        if (timeLimit != null) {
            daemon("manhole-timeout-" + name, () -> watchTime(timeLimit)).start();
        }
    }

    private Thread thread() {
        synchronized (lock) {
            return thread;
        }
    }

    /** The session that the calling thread evaluates for; null for all threads that do not, or were left behind. */
    static @Nullable Session current() {
        @Nullable Turn turn = CURRENT.get();
        return turn == null || turn.abandoned ? null : turn.session;
    }

    /** Whether what the calling thread evaluates is to stop. */
    static boolean isStopped() {
        @Nullable Turn turn = CURRENT.get();
        return turn != null && turn.isStopped();
    }

    /** Makes the text of a value, on the thread that evaluated it. See {@link io.manhole.repl.ReplContext#print}. */
    static void print(@Nullable Object value) {
        @Nullable Turn turn = CURRENT.get();
        if (turn != null) {
            turn.print(value);
        }
    }

    /** What is being evaluated; null if nothing is. */
    @Nullable
    Evaluating evaluating() {
        synchronized (lock) {
            return turn == null ? null : new Evaluating(turn.text, turn.sinceNanos);
        }
    }

    /** How many evaluations were left behind and still run. */
    int abandoned() {
        synchronized (lock) {
            return abandoned;
        }
    }

    // ---- what the connection's thread calls ----

    /** Whether the client also sees what the application prints. */
    void mirrorOutput(boolean on) {
        synchronized (lock) {
            mirroring = on;
            mirror();
        }
    }

    /** While there is no client, what the application prints is not gathered for it. */
    void detached(boolean detached) {
        synchronized (lock) {
            this.detached = detached;
            mirror();
        }
    }

    private void mirror() {
        assert Thread.holdsLock(lock);
        if (!released) {
            OutputRouter.mirror(routes, mirroring && !detached);
        }
    }

    /** The process ends: there will be nothing else to say of what is being evaluated. */
    void processEnds() {
        Turn unfinished;
        synchronized (lock) {
            unfinished = turn;
        }
        if (unfinished != null) {
            Duration duration = Duration.ofNanos(System.nanoTime() - unfinished.sinceNanos);
            unfinished.connection.evaluated(unfinished.text, "unfinished", duration);
        }
    }

    /**
     * Puts an input into the queue.
     *
     * @param quota see {@link Input}
     */
    Submitted submit(String text, @Nullable Object id, long quota) {
        synchronized (lock) {
            if (closed) {
                return Submitted.ENDED;
            }
            if (queuedChars > MAX_QUEUED_CHARS) {
                return Submitted.FULL;
            }
            inputs.add(new Input(text, id, quota, ++sequences));
            queuedChars += text.length();
            lock.notifyAll();
            return Submitted.QUEUED;
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
    Interrupt interrupt(@Nullable Object id) {
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
        Thread stuck;
        synchronized (lock) {
            if (turn == null || !isCurrentInterrupted()) {
                return null;
            }
            stuck = turn.evaluator == null ? turn.thread : turn.evaluator;
        }
        return StuckEvaluation.place(stuck);
    }

    /** Whether the user was told that the evaluation under way does not stop. */
    boolean isReportedStuck() {
        synchronized (lock) {
            return turn != null && turn.reported;
        }
    }

    /**
     * Goes on without the evaluation under way, on another thread. What it prints from now on is discarded, and it cannot change
     * the session any more.
     */
    Abandon abandon() {
        @Nullable Repl lost = null;
        synchronized (lock) {
            Turn left = turn;
            if (left == null || current == null || repl == null || closed) {
                return Abandon.IDLE;
            }
            if (abandoned >= MAX_ABANDONED || !AbandonedEvaluations.enter()) {
                return Abandon.TOO_MANY;
            }
            Thread next = newThread();
            if (!started(next)) { // now: a session whose thread is not alive has ended. It waits for the lock
                AbandonedEvaluations.leave();
                return Abandon.TOO_MANY;
            }
            interrupted.add(current.sequence());
            stopEvaluation();
            Thread evaluator = left.evaluator == null ? left.thread : left.evaluator;
            left.abandoned = true;
            left.elsewhere = evaluator != left.thread;
            routes.abandonedBy(evaluator);
            // Takes the thread's monitor, which the evaluated code may hold.
            boolean unused =
                    started(daemon("manhole-rename-" + name, () -> left.thread.setName("manhole-abandoned-" + name)));
            if (!repl.abandon(evaluator)) {
                lost = repl;
                repl = null;
            }
            declarationsLost = lost != null;
            abandoned++;
            unanswered = left;
            turn = null;
            interrupted.remove(current.sequence());
            current = null;
            thread = next;
            lock.notifyAll();
        }
        if (lost != null) {
            lost.close();
        }
        return Abandon.ABANDONED;
    }

    /** What was left behind has ended after all. */
    private void abandonedEnded(Thread evaluator) {
        routes.forget(evaluator);
        AbandonedEvaluations.leave();
        synchronized (lock) {
            abandoned--;
        }
    }

    /** Ends the session now: drops the queue, interrupts the evaluation. Waits for nothing. */
    void close() {
        List<Input> dropped;
        synchronized (lock) {
            dropped = closeQueue();
            if (current != null) {
                interrupted.add(current.sequence());
                stopEvaluation();
            }
            lock.notifyAll();
        }
        dropped.forEach(input -> client.dropped(this, input));
    }

    private List<Input> closeQueue() {
        assert Thread.holdsLock(lock);
        closed = true;
        List<Input> dropped = List.copyOf(inputs);
        inputs.clear();
        queuedChars = 0;
        return dropped;
    }

    /**
     * Waits for the thread's end. If an evaluation does not stop, it is left behind: its output is discarded and its
     * engine closed, and the thread ends whenever the evaluation lets it.
     */
    void awaitEnd(long millis) throws InterruptedException {
        Thread waitedFor = thread();
        if (waitedFor == Thread.currentThread()) {
            return;
        }
        waitedFor.join(millis);
        if (waitedFor.isAlive()) {
            release();
        }
    }

    /** Waits a while for the thread's end, and changes nothing. */
    void join(long millis) throws InterruptedException {
        thread().join(millis);
    }

    boolean isAlive() {
        return thread().isAlive();
    }

    /** Whether it takes inputs: it has not ended, and is not about to. */
    boolean isOpen() {
        return !isClosed();
    }

    // ---- what the session's own thread does ----

    private void run() {
        routes.evaluatedBy(Thread.currentThread());
        OutputRouter.open(routes);
        boolean left = false;
        try {
            handleAll();
        } catch (Turn.LeftBehind e) {
            left = true; // another thread has the session now, and this one only ends
        } catch (Throwable cause) { // nothing of ours may reach the application's handler of uncaught exceptions
            client.failed(this, cause);
        }
        if (left) {
            OutputRouter.close();
        } else {
            ended();
        }
    }

    private void handleAll() {
        openEngine();
        answerLeftBehind();
        for (Input input = nextToHandle(); input != null; input = nextToHandle()) {
            client.handle(this, input);
            done();
        }
        if (!isClosed()) {
            client.endOfInput(this);
        }
    }

    private void openEngine() {
        synchronized (lock) {
            if (repl != null) {
                return;
            }
        }
        Repl opened = engines.open(this);
        boolean late;
        synchronized (lock) {
            repl = opened;
            late = released;
            lock.notifyAll();
        }
        if (late) {
            opened.close();
        }
        client.engineOpened(this);
    }

    /** The first thing that a session does whose evaluation was left behind. */
    private void answerLeftBehind() {
        Turn left;
        boolean lost;
        synchronized (lock) {
            left = unanswered;
            lost = declarationsLost;
            unanswered = null;
        }
        if (left == null) {
            return;
        }
        String where = left.elsewhere ? "the executor's thread" : "thread \"manhole-abandoned-" + name + "\"";
        report(left, "left behind");
        client.leftBehind(
                this,
                "left behind on " + where + " after " + Amounts.time((System.nanoTime() - left.sinceNanos) / 1_000_000)
                        + "; what it prints is discarded. "
                        + (lost
                                ? "The engine had to be opened anew: what was declared is gone"
                                : "The session goes on"));
    }

    private void ended() {
        release();
        OutputRouter.close();
        synchronized (lock) {
            ended = true;
            lock.notifyAll();
        }
        client.connection().ended(this);
        client.ended(this);
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

    /** The next input, or null when the session is to end. Says meanwhile what has completed. */
    private @Nullable Input nextToHandle() {
        while (true) {
            @Nullable Object value;
            synchronized (lock) {
                long rest = FIRST_LOOK_MILLIS;
                while (!hasCompleted() && inputs.isEmpty() && !inputEnded && !closed) {
                    try {
                        lock.wait(pending.isEmpty() ? 0 : rest);
                    } catch (InterruptedException e) {
                        // A late interrupt of an evaluation that has ended; nobody else interrupts this thread.
                    }
                    rest = Math.min(2 * rest, LAST_LOOK_MILLIS);
                }
                value = completed.poll();
                if (value == null) {
                    return next();
                }
                current = new Input("", null, -1, ++sequences);
                evaluated = false;
            }
            reportCompleted(value);
            done();
        }
    }

    /** Whether a value has completed that is to be shown. Looks at those that do not tell. */
    private boolean hasCompleted() {
        assert Thread.holdsLock(lock);
        pending.removeIf(reference -> {
            @Nullable Future<?> future = reference.get();
            if (future == null) {
                return true;
            }
            boolean isDone = future.isDone();
            if (isDone) {
                completed.add(future);
            }
            return isDone;
        });
        return !completed.isEmpty();
    }

    private void reportCompleted(Object value) {
        Input input = inHand();
        Turn own = new Turn(this, client.connection(), input, "", null, () -> isInterrupted(input));
        Outcome outcome = evaluate(own, engine -> new EvalResult.Value(value, null));
        if (outcome.kind() == Outcome.Kind.VALUE) {
            client.completed(this, "completed: " + outcome.text() + "\n");
        }
    }

    /** Looks at the future now and then while there is nothing else to do. Its {@code isDone} must be harmless. */
    void lookAt(Future<?> future) {
        synchronized (lock) {
            if (pending.size() < MAX_COMPLETED) {
                pending.add(new WeakReference<>(future));
            }
        }
    }

    /** What was pending has completed. Called by the application's thread that completed it, which must not be held up. */
    void completed(Object value) {
        synchronized (lock) {
            if (!closed && completed.size() < MAX_COMPLETED) {
                completed.add(value);
                lock.notifyAll();
            }
        }
    }

    /** The next input, or null when the session is to end. Also serves code that reads lines from System.in. */
    @Nullable
    Input next() {
        @Nullable Turn own = CURRENT.get();
        synchronized (lock) {
            while (inputs.isEmpty() && !inputEnded && !closed && (own == null || !own.abandoned)) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    if (own != null) {
                        Thread.currentThread().interrupt();
                        return null;
                    }
                    // A late interrupt of an evaluation that has ended; nobody else interrupts this thread.
                }
            }
            Input input = closed || (own != null && own.abandoned) ? null : inputs.poll();
            if (input != null) {
                queuedChars -= input.text().length();
                if (turn == null) {
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
        List<Input> dropped;
        synchronized (lock) {
            dropped = closeQueue();
        }
        dropped.forEach(input -> client.dropped(this, input));
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
        Input input = inHand();
        Connection connection = client.connection();
        FlightEvents recorder = connection.manhole().flightEvents();
        Turn own = new Turn(this, connection, input, text, recorder.beginEvaluation(), () -> isInterrupted(input));
        Outcome outcome = evaluate(own, engine -> engine.eval(text));
        if (outcome.kind() != Outcome.Kind.INCOMPLETE) {
            report(own, outcome.kind().toString());
        }
        return outcome;
    }

    private Input inHand() {
        synchronized (lock) {
            if (current == null) {
                throw new IllegalStateException("evaluation outside the session's thread");
            }
            return current;
        }
    }

    private void report(Turn ended, String how) {
        Connection connection = ended.connection;
        FlightEvents recorder = connection.manhole().flightEvents();
        recorder.endEvaluation(ended.event, connection.number(), connection.credentials(), ended.text, how);
        connection.evaluated(ended.text, how, Duration.ofNanos(System.nanoTime() - ended.sinceNanos));
    }

    private boolean isInterrupted(Input input) {
        synchronized (lock) {
            return interrupted.contains(input.sequence());
        }
    }

    private Outcome evaluate(Turn own, Function<Repl, EvalResult> evaluation) {
        Repl engine;
        synchronized (lock) {
            if (closed || isCurrentInterrupted()) {
                evaluated = true;
                return Outcome.INTERRUPTED;
            }
            if (repl == null) {
                throw new IllegalStateException("evaluation outside the session's thread");
            }
            engine = repl;
            turn = own;
        }
        OutputRouter.ensureInstalled();
        Outcome outcome;
        CURRENT.set(own);
        try {
            outcome = outcome(own, evaluation.apply(engine));
        } catch (Throwable defect) { // of the engine, or no memory to say more: the session goes on
            outcome = Outcome.failed(defect);
        }
        CURRENT.remove();
        boolean stopped;
        boolean late;
        boolean left;
        synchronized (lock) {
            left = own.abandoned;
            if (!left) {
                evaluated = true;
                turn = null;
            }
            stopped = isCurrentInterrupted();
            late = stopped && current != null && timedOut == current.sequence();
            lock.notifyAll();
        }
        // Under the lock nobody interrupts any more; what came before is used up here.
        boolean unused = Thread.interrupted();
        if (left) {
            if (!own.elsewhere) {
                abandonedEnded(own.thread);
            }
            throw new Turn.LeftBehind();
        }
        boolean undone = outcome.kind() == Outcome.Kind.FAILED
                || outcome.kind() == Outcome.Kind.INCOMPLETE
                || outcome.kind() == Outcome.Kind.INTERRUPTED;
        if (!stopped || !undone) {
            return outcome;
        }
        if (late) {
            return Outcome.of(Outcome.Kind.INTERRUPTED, tooLong());
        }
        return outcome.kind() == Outcome.Kind.INTERRUPTED ? outcome : Outcome.INTERRUPTED;
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
        @Nullable Turn own = CURRENT.get();
        if (own == null || own.session != this || own.thread != Thread.currentThread()) {
            return code.call();
        }
        synchronized (lock) {
            if (own.abandoned) {
                throw new Turn.LeftBehind();
            }
            own.calling = true;
            own.calledAt = System.nanoTime();
            lock.notifyAll();
        }
        try {
            return executor == null ? code.call() : new Handover(own, code).hand(executor);
        } finally {
            synchronized (lock) {
                own.calling = false;
                lock.notifyAll();
            }
        }
    }

    /** User code on its way to the application's executor, and its result on the way back. */
    private final class Handover implements Runnable {

        private final Turn own;
        private final Callable<? extends @Nullable Object> code;
        private boolean begun; // guarded by lock
        private boolean cancelled; // guarded by lock
        private boolean done; // guarded by lock
        private @Nullable Object result; // guarded by lock
        private @Nullable Throwable thrown; // guarded by lock

        Handover(Turn own, Callable<? extends @Nullable Object> code) {
            this.own = own;
            this.code = code;
        }

        /** On the session's thread. */
        @Nullable
        Object hand(Executor to) throws Exception {
            synchronized (lock) {
                own.evaluator = null;
            }
            // A thread that the executor makes for this must not inherit our routes for the rest of its life.
            OutputRouter.@Nullable Routes ours = OutputRouter.enter(null);
            try {
                to.execute(this);
            } catch (RejectedExecutionException e) {
                throw new IllegalStateException(
                        "the application's executor takes no evaluations: " + e.getMessage(), e);
            } finally {
                OutputRouter.leave(ours);
            }
            synchronized (lock) {
                while (!done) {
                    if (begun && own.abandoned) {
                        throw new Turn.LeftBehind();
                    }
                    if (!begun && (own.abandoned || isCurrentInterrupted())) {
                        cancelled = true;
                        throw new CancellationException("interrupted before the executor had time for it");
                    }
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        // Whoever wants the evaluation stopped has said so in a field as well.
                    }
                }
                own.evaluator = own.thread;
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
                own.evaluator = Thread.currentThread();
            }
            OutputRouter.@Nullable Routes before = OutputRouter.enter(routes);
            @Nullable Turn outer = CURRENT.get();
            CURRENT.set(own);
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
            boolean left;
            synchronized (lock) {
                if (own.abandoned || isCurrentInterrupted()) {
                    boolean unused = Thread.interrupted(); // meant for the evaluation
                }
                left = own.abandoned && own.elsewhere;
                own.evaluator = null;
                result = value;
                thrown = trouble;
                done = true;
                lock.notifyAll();
            }
            if (left) {
                abandonedEnded(Thread.currentThread());
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
                Turn watched = turn;
                boolean calling = watched != null && watched.calling;
                long left = watched != null && calling
                        ? watched.calledAt + limit.toNanos() - System.nanoTime()
                        : Long.MAX_VALUE;
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
        @Nullable Repl engine = opened();
        return engine == null || engine.isComplete(text);
    }

    /** What could stand at the cursor; nothing when the session has ended. Waits for the engine to be open. */
    List<Completion> complete(String text, int cursor) throws InterruptedException {
        @Nullable Repl engine = opened();
        return engine == null ? List.of() : engine.complete(text, cursor);
    }

    /** What the name at the cursor is; null also when the session has ended. Waits for the engine to be open. */
    @Nullable
    SymbolInfo lookup(String text, int cursor) throws InterruptedException {
        @Nullable Repl engine = opened();
        return engine == null ? null : engine.lookup(text, cursor);
    }

    private @Nullable Repl opened() throws InterruptedException {
        synchronized (lock) {
            while (repl == null && !closed) {
                lock.wait();
            }
            return released ? null : repl;
        }
    }

    private Outcome outcome(Turn own, EvalResult result) throws Exception {
        if (result instanceof EvalResult.Value value) {
            if (!own.hasPrinted(value.value())) { // the engine leaves that to us
                // Where the code ran: an object of an event loop's may not bear to be looked at elsewhere.
                @Nullable
                Object unused = call(() -> {
                    own.print(value.value());
                    return null;
                });
            }
            @Nullable String text = own.printedText();
            PendingValue.watch(value.value(), this);
            return text == null
                    ? Outcome.of(Outcome.Kind.INTERRUPTED, "interrupted while the value was being printed\n")
                    : Outcome.value(text, value.type(), own.isTruncated());
        }
        if (result instanceof EvalResult.Incomplete) {
            return Outcome.INCOMPLETE;
        }
        if (result instanceof EvalResult.Rejected rejected) {
            return Outcome.of(Outcome.Kind.REJECTED, Diagnostics.render(own.text, rejected.diagnostics()));
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
        Turn stopping = turn;
        if (stopping == null || repl == null) {
            return;
        }
        repl.interrupt();
        if (stopping.evaluator != null) {
            stopping.evaluator.interrupt();
        }
        if (stopping.interruptedAt == 0 && !closed) {
            stopping.interruptedAt = System.nanoTime();
            boolean unused = started(daemon("manhole-watch-" + name, () -> watchStop(stopping)));
        }
        lock.notifyAll();
    }

    /** The whole life of a thread that there is only after an interrupt: tells the user if it was of no use. */
    private void watchStop(Turn stopping) {
        long interruptedAt;
        Thread stuck;
        synchronized (lock) {
            interruptedAt = stopping.interruptedAt;
            long deadline = interruptedAt + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
            long left = deadline - System.nanoTime();
            while (left > 0 && turn == stopping && !closed) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                } catch (InterruptedException e) {
                    return; // nobody interrupts this thread
                }
                left = deadline - System.nanoTime();
            }
            if (turn != stopping || closed) {
                return;
            }
            stopping.reported = true;
            stuck = stopping.evaluator == null ? stopping.thread : stopping.evaluator;
        }
        long now = System.nanoTime();
        client.stuck(
                this,
                "still running " + Amounts.time((now - interruptedAt) / 1_000_000) + " after it was interrupted, "
                        + Amounts.time((now - stopping.sinceNanos) / 1_000_000) + " after it began: "
                        + StuckEvaluation.place(stuck));
    }
}
