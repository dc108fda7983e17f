package io.manhole;

import io.manhole.repl.Completion;
import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import java.util.List;
import java.util.concurrent.CancellationException;
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
        private @Nullable Member evaluating; // guarded by this
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

        /** Waits for a member's turn; false if the namespace has gone meanwhile. */
        synchronized boolean enter(Member member) throws InterruptedException {
            while (evaluating != null && !closed) {
                wait();
            }
            if (closed) {
                return false;
            }
            evaluating = member;
            session = member.session;
            return true;
        }

        synchronized void leave() {
            evaluating = null;
            notifyAll();
        }

        synchronized boolean isEvaluating(Member member) {
            return evaluating == member;
        }

        synchronized void interrupt(Member member) {
            if (evaluating == member) {
                repl().interrupt();
            }
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
        private volatile @Nullable Space entered;

        Member(Session session) {
            this.session = session;
        }

        @Override
        public EvalResult eval(String text) {
            try {
                while (true) {
                    Space space = space(session);
                    if (space.enter(this)) {
                        return eval(space, text);
                    }
                }
            } catch (InterruptedException e) {
                return new EvalResult.Failed(
                        new CancellationException("interrupted while another session was evaluating"));
            }
        }

        private EvalResult eval(Space space, String text) {
            entered = space;
            try {
                return space.repl().eval(text);
            } finally {
                entered = null;
                space.leave();
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
        public void interrupt() {
            @Nullable Space space = entered;
            if (space != null) {
                space.interrupt(this);
            }
        }

        /** The namespace stays, unless an evaluation of this session goes on in it and would hold it for ever. */
        @Override
        public void close() {
            @Nullable Space space = entered;
            if (space != null && space.isEvaluating(this)) {
                leave(space);
            }
        }
    }
}
