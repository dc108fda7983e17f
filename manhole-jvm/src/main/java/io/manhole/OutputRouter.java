package io.manhole;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
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

        /** What the thread prints is discarded, and it has nothing to read, until {@link #forget}. */
        void abandonedBy(Thread thread) {
            if (out != null) {
                out.abandonedBy(thread);
            }
            if (err != null) {
                err.abandonedBy(thread);
            }
        }

        void forget(Thread thread) {
            if (out != null) {
                out.forget(thread);
            }
            if (err != null) {
                err.forget(thread);
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

    /** The sessions that also see what the application prints; replaced as a whole. */
    private static volatile Routes[] mirrors = {}; // written under LOCK

    private OutputRouter() {}

    /** Whether a session also sees what the application prints. */
    static void mirror(Routes routes, boolean on) {
        synchronized (LOCK) {
            List<Routes> all = new ArrayList<>(List.of(mirrors));
            all.remove(routes);
            if (on) {
                all.add(routes);
            }
            mirrors = all.toArray(new Routes[0]);
        }
    }

    /** Where what the application prints is to be seen as well; most often nowhere. */
    static Routes[] mirrors() {
        return mirrors;
    }

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

    /**
     * Gives the calling thread other routes for a while: an executor's thread those of a session, or none.
     *
     * @return what {@link #leave} is to put back
     */
    static @Nullable Routes enter(@Nullable Routes routes) {
        @Nullable Routes before = ROUTES.get();
        set(routes);
        return before;
    }

    static void leave(@Nullable Routes before) {
        set(before);
    }

    private static void set(@Nullable Routes routes) {
        if (routes == null) {
            ROUTES.remove();
        } else {
            ROUTES.set(routes);
        }
    }

    /** Called before each evaluation: the application may have set streams of its own since the last. */
    static void ensureInstalled() {
        synchronized (LOCK) {
            install();
        }
    }

    /** The calling thread's routes; null: it has none. */
    static @Nullable Routes routes() {
        return ROUTES.get();
    }

    static @Nullable InputStream inRoute() {
        Routes routes = ROUTES.get();
        if (routes == null) {
            return null;
        }
        return routes.out() != null && routes.out().isAbandonedHere() ? InputStream.nullInputStream() : routes.in();
    }

    private static void install() {
        assert Thread.holdsLock(LOCK);
        if (out == null || System.out != out) {
            out = new RoutedPrintStream(System.out, Routes::out);
            System.setOut(out);
        }
        if (err == null || System.err != err) {
            err = new RoutedPrintStream(System.err, Routes::err);
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
