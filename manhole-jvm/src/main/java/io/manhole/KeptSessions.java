package io.manhole;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sessions whose client has gone and may come back. Each ends when its time is up, and all of them when the manhole is closed.
 *
 * <p>While there are any, there is one thread, {@code manhole-kept}, which ends those whose time is up.
 */
final class KeptSessions {

    /** Each has a thread, what was declared in it, and a buffer. */
    private static final int MAX = 8;

    /** A session without a connection, and until when it stays, in terms of {@link System#nanoTime}. */
    record Kept(NreplSession session, long untilNanos) {

        Duration left() {
            return Duration.ofNanos(Math.max(0, untilNanos - System.nanoTime()));
        }
    }

    private final Manhole manhole;
    private final Duration longest;
    private final Object lock = new Object();
    private final Map<String, Kept> sessions = new LinkedHashMap<>(); // guarded by lock
    private int coming; // guarded by lock: how many will be among them in a moment
    private @Nullable Thread thread; // guarded by lock: null while there are none

    KeptSessions(Manhole manhole) {
        this.manhole = manhole;
        longest = manhole.options().sessionKeepAlive();
    }

    /** How long a session will be kept whose client asks for so many seconds; zero where nobody can come back. */
    Duration granted(long seconds) {
        long most = manhole.isOpen() ? longest.toSeconds() : 0;
        return Duration.ofSeconds(Math.max(0, Math.min(seconds, most)));
    }

    /** Those that there are, the one that was left first at the beginning. */
    List<Kept> list() {
        synchronized (lock) {
            return List.copyOf(sessions.values());
        }
    }

    /**
     * Keeps a session whose connection has ended, if it is to be kept and may be.
     *
     * @return false if it is the caller's to close
     */
    boolean keep(NreplSession session) {
        @Nullable String id = session.id();
        Duration time = session.keepTime();
        if (id == null || time.isZero() || !session.session().isOpen() || !manhole.isOpen()) {
            return false;
        }
        Connection left = session.connection();
        synchronized (lock) {
            if (sessions.size() + coming >= MAX) {
                return false;
            }
            coming++;
        }
        session.detach(); // before anybody can take it
        synchronized (lock) {
            coming--;
            if (!haveThread()) {
                return false;
            }
            sessions.put(id, new Kept(session, System.nanoTime() + time.toNanos()));
            lock.notifyAll();
        }
        // Asked again: whoever closes the manhole first says so, and then ends those that there are; and so does a
        // session.
        if ((!manhole.isOpen() || !session.session().isOpen()) && remove(id)) {
            return false;
        }
        manhole.listeners().tell(each -> each.sessionKept(left.number(), left.credentials(), time));
        return true;
    }

    private boolean remove(String id) {
        synchronized (lock) {
            lock.notifyAll();
            return sessions.remove(id) != null;
        }
    }

    private boolean haveThread() {
        assert Thread.holdsLock(lock);
        if (thread != null) {
            return true;
        }
        Thread next = new Thread(null, this::run, "manhole-kept", 0, false);
        next.setDaemon(true);
        try {
            next.start(); // waits for the lock
        } catch (OutOfMemoryError e) { // the process can have no more threads
            return false;
        }
        thread = next;
        return true;
    }

    /** Takes a session out, for a client that may have it; null if there is none of that id for this client. */
    @Nullable
    NreplSession take(String id, PeerCredentials peer) {
        synchronized (lock) {
            @Nullable Kept kept = sessions.get(id);
            if (kept == null
                    || !kept.session().session().isOpen()
                    || !mayHave(kept.session().owner(), peer)) {
                return null;
            }
            sessions.remove(id);
            lock.notifyAll();
            return kept.session();
        }
    }

    /** Only who opened it, as the kernel or the certificate says, and root. */
    private static boolean mayHave(PeerCredentials owner, PeerCredentials peer) {
        if (peer.uid() == 0) {
            return true;
        }
        if (owner.certificateSubject() != null || peer.certificateSubject() != null) {
            return Objects.equals(owner.certificateSubject(), peer.certificateSubject());
        }
        return peer.uid() > 0 && peer.uid() == owner.uid();
    }

    /** A session has ended by itself; does nothing if it was not kept. */
    void ended(NreplSession session) {
        @Nullable String id = session.id();
        if (id != null && remove(id)) {
            tellEnded(session);
        }
    }

    /** Ends those that were left by a connection. Returns how many there were. */
    int endOf(long connection) {
        List<NreplSession> left = new ArrayList<>();
        for (Kept kept : list()) {
            String id = String.valueOf(kept.session().id());
            if (kept.session().connection().number() == connection && remove(id)) {
                left.add(kept.session());
            }
        }
        end(left, SessionInput.GRACE_MILLIS);
        return left.size();
    }

    /** Ends all, and waits for that. */
    void close(long millis) throws InterruptedException {
        List<NreplSession> all = new ArrayList<>();
        @Nullable Thread last;
        synchronized (lock) {
            sessions.values().forEach(kept -> all.add(kept.session()));
            sessions.clear();
            last = thread;
            lock.notifyAll();
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        end(all, Math.min(millis, SessionInput.GRACE_MILLIS));
        if (last != null && last != Thread.currentThread()) {
            last.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
    }

    /** The process ends: of what is being evaluated there will be nothing else to say. */
    void processEnds() {
        list().forEach(kept -> kept.session().session().processEnds());
    }

    private void end(List<NreplSession> all, long millis) {
        all.forEach(session -> session.session().close());
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (NreplSession session : all) {
            try {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                session.session().awaitEnd(Math.max(1, left));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            tellEnded(session);
        }
    }

    private void tellEnded(NreplSession session) {
        Connection left = session.connection();
        manhole.listeners().tell(each -> each.sessionEnded(left.number(), left.credentials()));
    }

    /** The thread's whole life. */
    private void run() {
        for (NreplSession due = awaitDue(); due != null; due = awaitDue()) {
            try {
                end(List.of(due), SessionInput.GRACE_MILLIS);
            } catch (Throwable e) { // nothing of ours may reach the application's handler of uncaught exceptions
                manhole.listeners().failed("ending a session whose time is up", e);
            }
        }
    }

    /** Waits for the next session whose time is up, and takes it out; null if there are no sessions any more. */
    private @Nullable NreplSession awaitDue() {
        synchronized (lock) {
            while (!sessions.isEmpty()) {
                Map.Entry<String, Kept> next = next();
                long left = next.getValue().untilNanos() - System.nanoTime();
                if (left <= 0) {
                    sessions.remove(next.getKey());
                    return next.getValue().session();
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                } catch (InterruptedException e) {
                    // Nobody interrupts this thread; if somebody does, it looks once more.
                }
            }
            thread = null;
            return null;
        }
    }

    private Map.Entry<String, Kept> next() {
        assert Thread.holdsLock(lock);
        Map.@Nullable Entry<String, Kept> next = null;
        for (Map.Entry<String, Kept> each : sessions.entrySet()) {
            if (next == null || each.getValue().untilNanos() - next.getValue().untilNanos() < 0) {
                next = each;
            }
        }
        return Objects.requireNonNull(next);
    }
}
