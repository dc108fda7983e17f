package io.manhole.kotlin;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.script.AbstractScriptEngine;
import org.jspecify.annotations.Nullable;

/**
 * The script engines in use. Those that are dropped without having been closed are given back by a thread that lives as
 * long as there are any; the JDK's own cleaner threads would live on.
 */
final class OpenScriptEngines {
    static final String THREAD = "manhole-kotlin-engines";

    /** Guarded by the class. */
    private static final Set<Entry> OPEN = new HashSet<>();

    /** Guarded by the class; null when none is open. */
    private static @Nullable Watch watch;

    private OpenScriptEngines() {}

    static synchronized Entry add(OuterScriptEngine engine, SharedEngine shared) {
        if (watch == null) {
            watch = new Watch();
            watch.start();
        }
        Entry entry = new Entry(engine, shared, watch);
        OPEN.add(entry);
        return entry;
    }

    private static synchronized void remove(Entry entry) {
        OPEN.remove(entry);
        if (OPEN.isEmpty() && watch != null) {
            watch.end();
            watch = null;
        }
    }

    /** One engine, as it looks from outside. It must not reach the engine, or anything of the scripts'. */
    static final class Entry extends PhantomReference<OuterScriptEngine> {
        private final SharedEngine shared;
        private final AtomicBoolean isGivenBack = new AtomicBoolean();
        private volatile @Nullable CompletableFuture<Runnable> giveBack;

        private Entry(OuterScriptEngine engine, SharedEngine shared, Watch watch) {
            super(engine, watch.dropped);
            this.shared = shared;
        }

        /** To be called once. */
        CompletableFuture<AbstractScriptEngine> open(ClassLoader application) {
            CompletableFuture<Runnable> opening = new CompletableFuture<>();
            giveBack = opening;
            return shared.with(provider -> {
                Map.Entry<AbstractScriptEngine, Runnable> opened = OuterScriptEngine.open(provider, application);
                opening.complete(opened.getValue());
                return opened.getKey();
            });
        }

        /** Whatever was opened; if it is still on its way, when it has arrived. */
        void giveBack() {
            if (!isGivenBack.compareAndSet(false, true)) {
                return;
            }
            remove(this);
            @Nullable CompletableFuture<Runnable> opened = giveBack;
            if (opened != null) {
                CompletableFuture<?> unused = opened.thenAccept(Runnable::run);
            }
            shared.release(Duration.ZERO);
        }
    }

    /** Waits for engines that nobody can reach any longer. */
    private static final class Watch extends Thread {
        final ReferenceQueue<OuterScriptEngine> dropped = new ReferenceQueue<>();

        Watch() {
            super(null, null, THREAD, 0, false);
            setDaemon(true);
            setContextClassLoader(null);
        }

        @Override
        public void run() {
            try {
                while (!isInterrupted()) {
                    ((Entry) dropped.remove()).giveBack();
                }
            } catch (InterruptedException e) {
                // The last engine has been given back.
            }
        }

        /** Engines that come later have another. */
        void end() {
            interrupt();
        }
    }
}
