package io.manhole;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One time that the manhole is open, for good or for one client: its endpoints, and the threads that accept at them. */
final class Listening {

    private final Manhole manhole;
    private final List<Listener> listeners = new ArrayList<>();
    private final Object lock = new Object();
    private boolean oneshot; // guarded by lock
    private boolean over; // guarded by lock: nobody is let in any more
    private boolean settled; // guarded by lock: there will be no client for whom awaitClient waits, or there is one
    private @Nullable Connection client; // guarded by lock: the one of a oneshot

    private Listening(Manhole manhole, boolean oneshot) {
        this.manhole = manhole;
        this.oneshot = oneshot;
    }

    /** Binds; nobody is let in before {@link #start}. */
    static Listening bind(Manhole manhole, boolean oneshot) throws IOException {
        Listening listening = new Listening(manhole, oneshot);
        ManholeOptions options = manhole.options();
        ProcessUser user = ProcessUser.current();
        UnixEndpoint unix = UnixEndpoint.bind(options, user);
        listening.add(unix, "manhole-listener");
        @Nullable InetSocketAddress address = options.bindAddress();
        if (address != null) {
            try {
                Endpoint tcp = TcpEndpoint.bind(options, address, user, manhole.listeners());
                listening.add(tcp, "manhole-listener-tcp");
            } catch (IOException | RuntimeException e) {
                unix.close();
                throw e;
            }
        }
        Junixsocket.warnIfLacking(manhole);
        return listening;
    }

    private void add(Endpoint endpoint, String threadName) {
        listeners.add(new Listener(this, endpoint, manhole.listeners(), threadName));
    }

    void start() {
        for (Listener listener : listeners) {
            listener.start();
            manhole.listeners().tell(each -> each.listening(listener.endpoint().address()));
        }
    }

    /** Endpoints, the unix domain socket's first. */
    List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        for (Listener listener : listeners) {
            endpoints.add(listener.endpoint());
        }
        return endpoints;
    }

    /** A client that may come in; called by the listeners. */
    void admit(Endpoint endpoint, PeerCredentials peer, PeerSocket socket) {
        boolean last;
        synchronized (lock) {
            if (over) {
                socket.close();
                return;
            }
            over = oneshot;
            last = oneshot;
        }
        if (last) {
            try {
                close();
            } catch (IOException e) {
                manhole.listeners().failed("closing the manhole behind its one client", e);
            }
        }
        Connection connection = manhole.connect(endpoint.dialect(), peer, socket);
        if (last) {
            settle(connection);
        }
    }

    /** Makes a oneshot one for good; false if its client has come, or it is closed. */
    boolean stay() {
        synchronized (lock) {
            if (over) {
                return false;
            }
            oneshot = false;
        }
        settle(null);
        return true;
    }

    private void settle(@Nullable Connection connection) {
        synchronized (lock) {
            client = connection;
            settled = true;
            lock.notifyAll();
        }
    }

    /** Waits for the one client of a oneshot; null if it was closed before, or made one for good. */
    @Nullable
    Connection awaitClient() throws InterruptedException {
        synchronized (lock) {
            while (!settled) {
                lock.wait();
            }
            return client;
        }
    }

    /** Lets nobody in any more, and leaves nothing of the endpoints. Idempotent. */
    void close() throws IOException {
        boolean settles;
        synchronized (lock) {
            settles = !over;
            over = true;
        }
        @Nullable IOException trouble = null;
        for (Listener listener : listeners) {
            try {
                listener.close();
            } catch (IOException e) {
                trouble = e;
            }
        }
        manhole.ended(this);
        if (settles) {
            settle(null);
        }
        for (Listener listener : listeners) {
            manhole.listeners().tell(each -> each.stopped(listener.endpoint().address()));
        }
        if (trouble != null) {
            throw trouble;
        }
    }

    void awaitEnd(long millis) throws InterruptedException {
        for (Listener listener : listeners) {
            listener.awaitEnd(millis);
        }
    }
}
