package io.manhole;

import io.manhole.repl.Completion;
import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.SymbolInfo;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One namespace for all sessions: one REPL, which they take turns at. It lives from the first session on until the manhole
 * is closed. An evaluation that has to be left behind takes the namespace with it, and the others get a fresh one.
 */
final class SharedNamespace {

    private final Engines engines;
    private final Object lock = new Object();
    private @Nullable Space current; // guarded by lock

    SharedNamespace(Engines engines) {
        this.engines = engines;
    }

    /** The REPL of one session. */
    Repl join(Session session) {
        Space unused = space(session);
        return new Member(session);
    }

    private Space space(Session session) {
        synchronized (lock) {
            Space space = current;
            if (space == null) {
                space = new Space(session);
                space.repl = engines.open(space::session);
                current = space;
            }
            return space;
        }
    }

    private void leave(Space space) {
        synchronized (lock) {
            if (space == current) {
                current = null;
            }
        }
        space.close();
    }

    void close() {
        @Nullable Space last;
        synchronized (lock) {
            last = current;
            current = null;
        }
        if (last != null) {
            last.close();
        }
    }

    /** A namespace that is shared, with whoever is evaluating in it. */
    private static final class Space {

        private @Nullable Repl repl; // set before the space is shared
        private volatile Session session;
        private @Nullable Object turn; // guarded by this: of whoever evaluates
        private boolean closed; // guarded by this

        Space(Session session) {
            this.session = session;
        }

        /** The session that evaluates or did so last: that one is told, and runs its code where its options want it. */
        Session session() {
            return session;
        }

        Repl repl() {
            if (repl == null) {
                throw new IllegalStateException("shared before it was open");
            }
            return repl;
        }

        /** Waits for a session's turn; false if the namespace has gone meanwhile. */
        synchronized boolean enter(Session next, Object itsTurn) throws InterruptedException {
            while (turn != null && !closed) {
                wait();
            }
            if (closed) {
                return false;
            }
            turn = itsTurn;
            session = next;
            return true;
        }

        synchronized void leave(Object itsTurn) {
            if (turn == itsTurn) {
                turn = null;
                notifyAll();
            }
        }

        synchronized boolean has(Object itsTurn) {
            return turn == itsTurn;
        }

        synchronized void interrupt(Object itsTurn) {
            if (turn == itsTurn) {
                repl().interrupt();
            }
        }

        /** What is evaluated is left behind, and the others may go on; false if they cannot. */
        synchronized boolean abandon(Object itsTurn, Thread evaluator) {
            if (turn == itsTurn) {
                if (!repl().abandon(evaluator)) {
                    return false;
                }
                turn = null;
                notifyAll();
            }
            return true;
        }

        void close() {
            synchronized (this) {
                closed = true;
                notifyAll();
            }
            repl().close();
        }
    }

    private final class Member implements Repl {

        private final Session session;
        private final AtomicReference<@Nullable Entered> entered = new AtomicReference<>();

        /** A turn that has begun. */
        private record Entered(Space space, Object turn) {}

        Member(Session session) {
            this.session = session;
        }

        @Override
        public EvalResult eval(String text) {
            try {
                while (true) {
                    Entered own = new Entered(space(session), new Object());
                    if (own.space().enter(session, own.turn())) {
                        return eval(own, text);
                    }
                }
            } catch (InterruptedException e) {
                return new EvalResult.Failed(
                        new CancellationException("interrupted while another session was evaluating"));
            }
        }

        private EvalResult eval(Entered own, String text) {
            entered.set(own);
            try {
                return own.space().repl().eval(text);
            } finally {
                entered.compareAndSet(own, null);
                own.space().leave(own.turn());
            }
        }

        @Override
        public boolean isComplete(String text) {
            return space(session).repl().isComplete(text);
        }

        @Override
        public List<Completion> complete(String text, int cursor) {
            return space(session).repl().complete(text, cursor);
        }

        @Override
        public @Nullable SymbolInfo lookup(String text, int cursor) {
            return space(session).repl().lookup(text, cursor);
        }

        @Override
        public void interrupt() {
            @Nullable Entered own = entered.get();
            if (own != null) {
                own.space().interrupt(own.turn());
            }
        }

        @Override
        public boolean abandon(Thread evaluator) {
            @Nullable Entered own = entered.get();
            return own == null || own.space().abandon(own.turn(), evaluator);
        }

        /** The namespace stays, unless an evaluation of this session goes on in it and would hold it for ever. */
        @Override
        public void close() {
            @Nullable Entered own = entered.get();
            if (own != null && own.space().has(own.turn())) {
                SharedNamespace.this.leave(own.space());
            }
        }
    }
}
