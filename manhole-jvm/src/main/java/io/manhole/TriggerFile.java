package io.manhole;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches a file, and runs an action when the pid of this process is written into it.
 *
 * <p>What is watched is the folder of the file or, while that is missing, the nearest folder above it that exists. Each
 * event only says that it is time to look: the file counts when it is not as it was at the last look.
 */
final class TriggerFile {

    /** Where events do not come, as from a network file system or after a symbolic link was changed, looking does. */
    private static final long LOOK_MILLIS = 2_000;

    /** After a look, so that a busy folder costs no more than some looks a second. */
    private static final long REST_MILLIS = 20;

    /** A pid has at most 7 digits on Linux; and a line end. */
    private static final int MAX_BYTES = 32;

    private final Path path;
    private final Runnable action;
    private final Listeners listeners;
    private final Thread thread;
    private final Object lock = new Object();
    private boolean closed; // guarded by lock
    private @Nullable WatchService watcher; // guarded by lock
    // Of the thread alone, and of the successor:
    private @Nullable Path watched;
    private @Nullable WatchKey key;
    private @Nullable State seen;
    private @Nullable String reported;
    private boolean watchable = true;

    /** Enough to tell one writing of the file from the next. */
    private record State(FileTime modified, @Nullable Object inode, String content) {}

    TriggerFile(Path path, Runnable action, Listeners listeners) {
        this.path = path;
        this.action = action;
        this.listeners = listeners;
        thread = new Thread(null, this::run, "manhole-trigger", 0, false);
        thread.setDaemon(true);
    }

    /** One that goes on where this one, which is closed, has stopped. */
    TriggerFile successor() {
        TriggerFile successor = new TriggerFile(path, action, listeners);
        successor.seen = seen;
        return successor;
    }

    void start() {
        thread.start();
    }

    /** Ends the thread, and waits for that. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
            if (watcher != null) {
                try {
                    watcher.close();
                } catch (IOException e) {
                    listeners.failed("closing the watch on " + path, e);
                }
            }
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private void run() {
        boolean first = true;
        while (!isClosed()) {
            try {
                boolean watching = watch();
                look(first);
                first = false;
                if (watching) {
                    await();
                } else {
                    pause(LOOK_MILLIS);
                }
            } catch (ClosedWatchServiceException e) {
                // Closed; or else the next round makes a new one.
            } catch (Throwable e) { // whatever it is, the application must not see it, and the next look may go well
                report("cannot be read: " + e);
                pause(LOOK_MILLIS);
            }
        }
    }

    /**
     * Sees to it that the right folder is watched. Before each look, so that nothing can happen between the two.
     *
     * @return whether events will come
     */
    private boolean watch() {
        try {
            WatchService service = watcher();
            if (service != null) {
                watch(service);
                watchable = true;
            }
            return service != null;
        } catch (IOException e) { // a folder that may not be read, or no watches left in this system
            if (watchable) {
                watchable = false;
                warn("cannot be watched, and is looked at every two seconds instead: " + e);
            }
            return false;
        }
    }

    private @Nullable WatchService watcher() throws IOException {
        synchronized (lock) {
            if (!closed && watcher == null) {
                watcher = path.getFileSystem().newWatchService();
            }
            return closed ? null : watcher;
        }
    }

    private void watch(WatchService service) throws IOException {
        while (true) {
            Path folder = nearestFolder();
            @Nullable WatchKey present = key;
            if (present != null && present.isValid()) {
                if (folder.equals(watched)) {
                    return;
                }
                present.cancel();
            }
            try {
                key = folder.register(
                        service,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
                watched = folder;
            } catch (NoSuchFileException e) {
                key = null; // gone meanwhile; its parent is next
            }
            // Once more: what was missing may have come between looking for it and watching where it will come.
        }
    }

    private Path nearestFolder() {
        Path folder = path.getParent();
        while (folder != null && folder.getParent() != null && !Files.isDirectory(folder)) {
            folder = folder.getParent();
        }
        return folder == null ? path : folder;
    }

    private void await() {
        WatchService service;
        synchronized (lock) {
            if (watcher == null || closed) {
                return;
            }
            service = watcher;
        }
        try {
            WatchKey fired = service.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (fired != null) {
                pause(REST_MILLIS);
                fired.pollEvents();
                boolean unused = fired.reset();
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; if somebody does, it looks sooner.
        }
    }

    private void pause(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (lock) {
            try {
                long left = millis;
                while (!closed && left > 0) {
                    lock.wait(left);
                    left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                }
            } catch (InterruptedException e) {
                // As above.
            }
        }
    }

    private void look(boolean first) throws IOException {
        @Nullable State found = state();
        if (found == null || found.equals(seen)) {
            seen = found;
            return;
        }
        seen = found;
        String content = found.content.strip();
        if (content.isEmpty()) {
            return; // truncated, and about to be written
        }
        boolean pid = content.length() <= 10;
        for (int i = 0; i < content.length(); i++) {
            pid &= content.charAt(i) >= '0' && content.charAt(i) <= '9';
        }
        if (!pid) {
            report("holds something else than a process id, which is ignored");
            return;
        }
        reported = null;
        boolean stale = first && found.modified.toInstant().isBefore(startOfProcess());
        if (content.equals(Long.toString(ProcessHandle.current().pid())) && !stale) {
            Thread oneshot = new Thread(null, action, "manhole-oneshot", 0, false);
            oneshot.setDaemon(true);
            oneshot.start();
        }
    }

    /** A pid written before this process was there was meant for another that had the same. */
    private static Instant startOfProcess() {
        return ProcessHandle.current().info().startInstant().orElse(Instant.MIN);
    }

    /** Null if there is no such file. Does not open what is no regular file: that could block. */
    private @Nullable State state() throws IOException {
        try {
            while (true) {
                BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
                if (!before.isRegularFile()) {
                    report("is no regular file, and ignored");
                    return null;
                }
                byte[] bytes;
                try (InputStream in = Files.newInputStream(path)) {
                    bytes = in.readNBytes(MAX_BYTES);
                }
                BasicFileAttributes after = Files.readAttributes(path, BasicFileAttributes.class);
                // Or else it was written to meanwhile, and one writing would count as two.
                if (after.lastModifiedTime().equals(before.lastModifiedTime())
                        && Objects.equals(after.fileKey(), before.fileKey())) {
                    return new State(
                            after.lastModifiedTime(), after.fileKey(), new String(bytes, StandardCharsets.ISO_8859_1));
                }
                pause(REST_MILLIS);
            }
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                report("cannot be read: " + e);
            }
            return null;
        }
    }

    /** Once for each kind of trouble, until the file has been in order again. */
    private void report(String trouble) {
        if (!trouble.equals(reported)) {
            reported = trouble;
            warn(trouble);
        }
    }

    private void warn(String trouble) {
        listeners.tell(listener -> listener.warning("the trigger file " + path + " " + trouble));
    }
}
