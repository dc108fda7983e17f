package io.manhole;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends what evaluating threads print to their clients, and leaves everybody else's output alone.
 *
 * <p>While at least one session is open, System.out, System.err and System.in are streams of ours that ask an inheritable
 * thread local for the session's route. They are put back when the last session ends, each only if ours is still the one
 * installed: a stream that the application has set meanwhile is never overwritten. There is one router in a process,
 * whatever the number of manholes, since there is one System.out.
 */
final class OutputRouter {

    /** What one session's threads have instead of the three standard streams; null: the application's own. */
    record Routes(
            @Nullable OutputRoute out,
            @Nullable OutputRoute err,
            @Nullable InputStream in) {

        /** Nothing is redirected. */
        static final Routes NONE = new Routes(null, null, null);

        void evaluatedBy(Thread thread) {
            if (out != null) {
                out.evaluatedBy(thread);
            }
            if (err != null) {
                err.evaluatedBy(thread);
            }
        }

        void close() {
            if (out != null) {
                out.close();
            }
            if (err != null) {
                err.close();
            }
        }
    }

    private static final InheritableThreadLocal<@Nullable Routes> ROUTES = new InheritableThreadLocal<>();
    private static final Object LOCK = new Object();
    private static int sessions; // guarded by LOCK
    private static @Nullable RoutedPrintStream out; // guarded by LOCK
    private static @Nullable RoutedPrintStream err; // guarded by LOCK
    private static @Nullable RoutedInputStream in; // guarded by LOCK

    private OutputRouter() {}

    /** From now on the calling thread, and all threads that it starts, have these routes. */
    static void open(Routes routes) {
        synchronized (LOCK) {
            sessions++;
            install();
        }
        ROUTES.set(routes);
    }

    /**
     * Takes the routes from the calling thread, the one that opened them. While an abandoned evaluation runs on, our streams
     * stay, to keep what it prints out of the application's.
     */
    static void close() {
        ROUTES.remove();
        synchronized (LOCK) {
            if (--sessions == 0) {
                uninstall();
            }
        }
    }

    /** Called before each evaluation: the application may have set streams of its own since the last. */
    static void ensureInstalled() {
        synchronized (LOCK) {
            install();
        }
    }

    static @Nullable OutputRoute outRoute() {
        Routes routes = ROUTES.get();
        return routes == null ? null : routes.out();
    }

    static @Nullable OutputRoute errRoute() {
        Routes routes = ROUTES.get();
        return routes == null ? null : routes.err();
    }

    static @Nullable InputStream inRoute() {
        Routes routes = ROUTES.get();
        return routes == null ? null : routes.in();
    }

    private static void install() {
        assert Thread.holdsLock(LOCK);
        if (out == null || System.out != out) {
            out = new RoutedPrintStream(System.out, OutputRouter::outRoute);
            System.setOut(out);
        }
        if (err == null || System.err != err) {
            err = new RoutedPrintStream(System.err, OutputRouter::errRoute);
            System.setErr(err);
        }
        if (in == null || System.in != in) {
            in = new RoutedInputStream(System.in);
            System.setIn(in);
        }
    }

    private static void uninstall() {
        assert Thread.holdsLock(LOCK);
        if (out != null && System.out == out) {
            System.setOut(out.application());
        }
        if (err != null && System.err == err) {
            System.setErr(err.application());
        }
        if (in != null && System.in == in) {
            System.setIn(in.application());
        }
        out = null;
        err = null;
        in = null;
    }
}
