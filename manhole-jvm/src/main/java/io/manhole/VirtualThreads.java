package io.manhole;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where virtual threads stand. No list of them can be had from the JDK but as text in a file:
 * {@code HotSpotDiagnosticMXBean.dumpThreads}, of JDK 21 and later.
 */
final class VirtualThreads {

    /** Of the file, on the disk. What comes after is cut off while it is being written. */
    private static final long MAX_FILE_BYTES = 16 << 20;

    private static final long POLL_MILLIS = 20;
    private static final int MAX_PLACES = 200;
    private static final int MAX_LINE = 2_000;
    private static final int MAX_FRAMES = 64;
    private static final int MAX_NAMES = 5;

    /** {@code #31 "name" virtual WAITING 2026-…}; JDK 21 has neither state nor time. A name may hold quotes. */
    private static final Pattern HEADER = Pattern.compile("#(\\d+) \"(.*)\"( virtual)?(?: ([A-Z_]+) \\S+)?");

    /** What tells two objects of a class apart: threads that wait each for their own stand at the same place. */
    private static final Pattern IDENTITY = Pattern.compile("@[0-9a-f]+");

    private VirtualThreads() {}

    /** A part for the dump, begun by an empty line; empty where the JDK has no virtual threads. */
    static String dump() throws InterruptedException {
        try {
            @Nullable Method dumpThreads = dumpThreads();
            return dumpThreads == null ? "" : dump(dumpThreads);
        } catch (IOException | LinkageError e) {
            return "\nVirtual threads cannot be shown: " + Printable.line(e.toString(), 300) + "\n";
        }
    }

    private static @Nullable Method dumpThreads() {
        for (Method method : HotSpotDiagnosticMXBean.class.getMethods()) {
            if (method.getName().equals("dumpThreads")) {
                return method;
            }
        }
        return null;
    }

    private static String dump(Method dumpThreads) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("manhole-dump"); // mode 0700
        Path file = folder.resolve("threads.txt");
        try {
            long cutAt = write(dumpThreads, file);
            return new Places(file, Math.max(cutAt, Files.size(file))).text();
        } finally {
            delete(file, folder);
        }
    }

    /** Twice if need be: where nobody waited for the dump, it may have created its file in between. */
    private static void delete(Path file, Path folder) throws IOException {
        Files.deleteIfExists(file);
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    /**
     * On a thread of its own: the dump heeds no interrupt, and must be watched lest it fill the disk. Returns how long the file
     * was when it was last cut, or 0: what is written afterwards lies behind that, and there may be nothing of it.
     */
    private static long write(Method dumpThreads, Path file) throws IOException, InterruptedException {
        HotSpotDiagnosticMXBean bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (bean == null) {
            throw new IOException("this virtual machine is no HotSpot");
        }
        Object plainText = dumpThreads.getParameterTypes()[1].getEnumConstants()[0];
        FutureTask<@Nullable Object> dump =
                new FutureTask<>(() -> dumpThreads.invoke(bean, file.toString(), plainText));
        Thread thread = new Thread(null, dump, "manhole-dump", 0, false);
        thread.setDaemon(true);
        thread.start();
        long cutAt = 0;
        while (true) {
            try {
                Object unused = dump.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
                return cutAt;
            } catch (TimeoutException e) {
                cutAt = Math.max(cutAt, cut(file));
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() instanceof InvocationTargetException
                        ? e.getCause().getCause()
                        : e.getCause();
                throw new IOException(cause);
            }
        }
    }

    /** The virtual machine goes on where it was: the file gets a hole, which takes up nothing. */
    private static long cut(Path file) throws IOException {
        long bytes = Files.exists(file) ? Files.size(file) : 0;
        if (bytes <= MAX_FILE_BYTES) {
            return 0;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(MAX_FILE_BYTES);
        }
        return bytes;
    }

    /** Threads at one place. */
    private static final class Place {
        private final String header;
        private final List<String> frames;
        private long threads;
        private final List<String> names = new ArrayList<>();

        Place(String header, List<String> frames) {
            this.header = header;
            this.frames = frames;
        }

        void add(String id, String name) {
            threads++;
            if (names.size() < MAX_NAMES) {
                names.add(name.isEmpty() ? "#" + id : "#" + id + " \"" + Printable.line(name, 60) + '"');
            }
        }

        void appendTo(StringBuilder text) {
            text.append("\n######### ProcessID=").append(ProcessHandle.current().pid());
            text.append(", virtual threads here: ").append(threads).append(" #########\n");
            text.append(String.join(", ", names));
            if (threads > names.size()) {
                text.append(", and ").append(threads - names.size()).append(" more");
            }
            text.append(header).append('\n');
            frames.forEach(frame -> text.append(frame).append('\n'));
        }
    }

    /** Reads the file, and keeps no more of it than will be shown. */
    private static final class Places {
        private final Map<String, Place> places = new LinkedHashMap<>();
        private long threads;
        private long elsewhere; // threads at places that are too many to show
        private long chars; // read so far: hardly more bytes than that
        private final StringBuilder line = new StringBuilder();
        private final long fileBytes;
        private @Nullable Matcher header;
        private final List<String> frames = new ArrayList<>();
        private int moreFrames;

        /** @param fileBytes how long the file would be, had it not been cut */
        Places(Path file, long fileBytes) throws IOException {
            this.fileBytes = fileBytes;
            try (FileChannel channel = FileChannel.open(file);
                    BufferedReader reader = new BufferedReader(
                            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
                while (chars < MAX_FILE_BYTES && readLine(reader)) {
                    add(line.toString());
                }
            }
            if (chars < MAX_FILE_BYTES) { // else the last one was cut
                endThread();
            }
        }

        /** Never holds more than a screenful: a line may be as long as a hole in the file. */
        private boolean readLine(BufferedReader reader) throws IOException {
            line.setLength(0);
            int c = reader.read();
            boolean any = c >= 0;
            while (c >= 0 && c != '\n' && chars < MAX_FILE_BYTES) {
                chars++;
                if (line.length() < MAX_LINE) {
                    line.append((char) c);
                }
                c = reader.read();
            }
            chars++;
            return any;
        }

        private void add(String line) {
            if (header != null && line.startsWith(" ")) {
                if (frames.size() < MAX_FRAMES) {
                    frames.add(line.strip());
                } else {
                    moreFrames++;
                }
                return;
            }
            Matcher matcher = HEADER.matcher(line);
            if (matcher.matches()) {
                endThread();
                header = matcher.group(3) == null ? null : matcher;
            }
        }

        private void endThread() {
            Matcher ended = header;
            if (ended != null) {
                threads++;
                String state = ended.group(4) == null ? "" : " " + ended.group(4);
                String key = IDENTITY.matcher(state + frames).replaceAll("@");
                @Nullable Place place = places.get(key);
                if (place == null && places.size() < MAX_PLACES) {
                    place = new Place(state, shown());
                    places.put(key, place);
                }
                if (place == null) {
                    elsewhere++;
                } else {
                    place.add(ended.group(1), ended.group(2));
                }
            }
            header = null;
            frames.clear();
            moreFrames = 0;
        }

        private List<String> shown() {
            List<String> shown = new ArrayList<>();
            for (String frame : frames) {
                shown.add(frame.startsWith("-") ? "      " + Printable.line(frame) : "    at " + frame(frame));
            }
            if (moreFrames > 0) {
                shown.add("    ... " + moreFrames + " more");
            }
            return shown;
        }

        /** Without module and loader, as everywhere. */
        private static String frame(String line) {
            String frame = line.startsWith("at ") ? line.substring(3) : line;
            int open = frame.indexOf('(');
            return Printable.line(frame.substring(frame.lastIndexOf('/', open < 0 ? frame.length() : open) + 1));
        }

        String text() {
            StringBuilder text =
                    new StringBuilder("\nVirtual threads: ").append(threads).append('\n');
            places.values().stream()
                    .sorted((one, other) -> Long.compare(other.threads, one.threads))
                    .forEach(place -> place.appendTo(text));
            if (elsewhere > 0) {
                text.append("\n... and ").append(elsewhere).append(" more at other places\n");
            }
            if (fileBytes > MAX_FILE_BYTES) {
                long more = (long) (threads * ((double) fileBytes / MAX_FILE_BYTES - 1));
                text.append("\n... and about ").append(more).append(" more, which were not looked at\n");
            }
            return text.toString();
        }
    }
}
