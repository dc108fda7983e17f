package io.manhole;

import io.manhole.repl.Completion;
import io.manhole.repl.EvalResult;
import io.manhole.repl.InterruptGuard;
import io.manhole.repl.Repl;
import io.manhole.repl.ReplContext;
import io.manhole.repl.SymbolInfo;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jshell.spi.SPIResolutionException;
import org.jspecify.annotations.Nullable;

/**
 * A session's Java prompt: JShell compiles, on a thread of its own, and what it has compiled is run here, on the thread that
 * evaluates.
 *
 * <p>Nothing but {@link JavaReplProvider#open} mentions this class, so the classes of {@code jdk.jshell} are not looked for
 * before a session opens.
 */
final class JShellRepl implements Repl {

    /** The compiler recurses into nested expressions. */
    private static final long COMPILER_STACK_BYTES = 16L << 20;

    private final ReplContext context;
    private final SnippetLoader loader;
    private final InterruptGuard guard;
    private final ExecutorService compiler;
    private final JavaCompiling compiling; // used on the compiler's thread only
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Object lock = new Object();
    private JavaCompiling.@Nullable Result last; // guarded by lock
    private @Nullable Evaluation evaluation; // guarded by lock: the one under way

    /** What is to be taken back of an evaluation if it fails. */
    private static final class Evaluation {
        private JavaCompiling.@Nullable Compiled compiled; // guarded by the session's lock
        private boolean abandoned; // guarded by the session's lock
    }

    JShellRepl(ReplContext context) throws Exception {
        this.context = context;
        loader = new SnippetLoader(context.classLoader());
        guard = new InterruptGuard(loader.interruptCheck());
        compiler = Executors.newSingleThreadExecutor(JShellRepl::compilerThread);
        try {
            compiling = onCompiler(() -> {
                JavaCompiling created = new JavaCompiling(loader, context.classLoader(), context::warn);
                created.begin(new SnippetBindings(context));
                return created;
            });
        } catch (Throwable e) {
            compiler.shutdown();
            throw e;
        }
    }

    /** Its own from head to foot: JShell starts a thread from it that never ends, and which must not hold on to anything. */
    private static Thread compilerThread(Runnable work) {
        Thread thread = new Thread(null, work, "manhole-java-compiler", COMPILER_STACK_BYTES, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    private <T> T onCompiler(Callable<T> work) throws Exception {
        Future<T> future = compiler.submit(work);
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public EvalResult eval(String text) {
        if (closed.get()) {
            return new EvalResult.Failed(closedSession());
        }
        if (text.isBlank()) {
            return new EvalResult.NoValue();
        }
        return guard.evaluate(() -> evaluate(text));
    }

    private EvalResult evaluate(String text) {
        Evaluation own = new Evaluation();
        synchronized (lock) {
            evaluation = own;
        }
        try {
            return evaluate(own, text);
        } finally {
            synchronized (lock) {
                if (evaluation == own) {
                    evaluation = null;
                }
            }
        }
    }

    private EvalResult evaluate(Evaluation own, String text) {
        Future<JavaCompiling.Compiled> future;
        try {
            future = compiler.submit(() -> compiling.compile(text, last()));
        } catch (RejectedExecutionException e) {
            return new EvalResult.Failed(closedSession());
        }
        try {
            return call(own, future.get());
        } catch (InterruptedException e) {
            later(() -> takeBack(future));
            return new EvalResult.Failed(new CancellationException("interrupted while waiting for the compiler"));
        } catch (ExecutionException e) {
            @Nullable Throwable cause = e.getCause();
            return cause instanceof JavaCompiling.Refused refused
                    ? refused.result()
                    : new EvalResult.Failed(cause == null ? e : cause);
        }
    }

    private JavaCompiling.@Nullable Result last() {
        synchronized (lock) {
            return last;
        }
    }

    private EvalResult call(Evaluation own, JavaCompiling.Compiled compiled) {
        synchronized (lock) {
            if (own.abandoned) {
                later(() -> compiling.undo(compiled));
                return new EvalResult.Failed(new CancellationException("left behind"));
            }
            own.compiled = compiled;
        }
        try {
            @Nullable Object result = context.call(() -> guard.runHere(() -> run(own, compiled)));
            return result instanceof EvalResult ended ? ended : new EvalResult.NoValue();
        } catch (Exception e) { // not run at all
            return failed(own, compiled, e);
        }
    }

    private EvalResult run(Evaluation own, JavaCompiling.Compiled compiled) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            for (JavaCompiling.Assignment each : compiled.before()) {
                JavaCompiling.field(loader, each.className(), each.field()).set(null, each.value());
            }
            @Nullable Object value = null;
            for (String className : compiled.invoked()) {
                Method method = Class.forName(className, true, loader).getDeclaredMethod(SnippetExecution.METHOD);
                method.setAccessible(true);
                value = method.invoke(null);
            }
            if (!compiled.result()) {
                return new EvalResult.NoValue();
            }
            synchronized (lock) {
                if (!own.abandoned) {
                    last = new JavaCompiling.Result(value, compiled.type());
                }
            }
            context.print(value);
            return new EvalResult.Value(value, compiled.type());
        } catch (InvocationTargetException e) {
            @Nullable Throwable thrown = e.getCause();
            return failed(own, compiled, thrown == null ? e : thrown);
        } catch (ReflectiveOperationException | RuntimeException | Error e) { // classes that do not link, for one
            return failed(own, compiled, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private EvalResult failed(Evaluation own, JavaCompiling.Compiled compiled, Throwable thrown) {
        takeBack(own, compiled);
        if (thrown instanceof SPIResolutionException) {
            IllegalStateException missing =
                    new IllegalStateException("what was called refers to something that is not declared yet");
            missing.setStackTrace(thrown.getStackTrace());
            return new EvalResult.Failed(missing);
        }
        return new EvalResult.Failed(thrown);
    }

    /** Once: what was left behind was taken back then. */
    private void takeBack(Evaluation own, JavaCompiling.Compiled compiled) {
        synchronized (lock) {
            if (!own.abandoned) {
                later(() -> compiling.undo(compiled));
            }
        }
    }

    @Override
    public boolean abandon(Thread evaluator) {
        synchronized (lock) {
            Evaluation left = evaluation;
            if (left == null || closed.get()) {
                return !closed.get();
            }
            evaluation = null;
            if (left.compiled != null) {
                takeBack(left, left.compiled);
            }
            left.abandoned = true;
            guard.abandon(evaluator);
            return true;
        }
    }

    /** Before whatever is compiled next. */
    private void later(Runnable work) {
        try {
            compiler.execute(work);
        } catch (RejectedExecutionException e) {
            // The session is closed, and all of it goes.
        }
    }

    /** Undoes what nobody waited for; the compiler is done with it by now, as it does one thing after the other. */
    private void takeBack(Future<JavaCompiling.Compiled> future) {
        try {
            compiling.undo(future.get());
        } catch (ExecutionException e) {
            // Refused: nothing was declared.
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts the compiler's thread", e);
        }
    }

    @Override
    public boolean isComplete(String text) {
        return ask(() -> compiling.isComplete(text), true);
    }

    @Override
    public List<Completion> complete(String text, int cursor) {
        return ask(() -> compiling.complete(text, cursor), List.of());
    }

    @Override
    public @Nullable SymbolInfo lookup(String text, int cursor) {
        return ask(() -> Optional.ofNullable(compiling.lookup(text, cursor)), Optional.<SymbolInfo>empty())
                .orElse(null);
    }

    private <T> T ask(Callable<T> question, T otherwise) {
        try {
            return closed.get() ? otherwise : onCompiler(question);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        } catch (Exception | StackOverflowError e) { // closed meanwhile, or a text that the compiler cannot take
            return otherwise;
        }
    }

    @Override
    public void interrupt() {
        guard.interrupt();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        guard.interrupt();
        synchronized (lock) {
            last = null;
        }
        later(this::closeCompiling);
        compiler.shutdown();
    }

    private void closeCompiling() {
        try {
            compiling.close();
        } catch (IOException e) {
            // Of the jars that it had opened for reading; they go with it.
        }
    }

    private static IllegalStateException closedSession() {
        return new IllegalStateException("this session is closed");
    }
}
