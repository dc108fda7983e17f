package io.manhole;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where every thread of this process stands: names, states, stacks, locks held and waited for, and deadlocks.
 *
 * <p>{@link #capture()} shows platform threads. It stops all threads at a safepoint for as long as the virtual machine takes to walk their stacks,
 * which was measured as 13 ms for 1 000 threads and 90 to 226 ms for 10 000 (JDK 17 and 25, two cores). Formatting stops
 * nobody. {@link #captureWithVirtualThreads()} shows virtual threads too, and takes longer.
 *
 * <p>Control characters in the names of threads are escaped, so the text may be printed to a terminal. Safe for use by any
 * thread.
 */
public final class StackDump {

    /** Closes the dump; its length is what readers of python-manhole's dumps look for. */
    private static final String END = "#".repeat(45);

    private static final int MAX_NAME = 200;

    private final Instant taken;
    private final List<ThreadInfo> threads;
    private final List<ThreadInfo> deadlocked;
    private final String virtualThreads;

    private StackDump(Instant taken, List<ThreadInfo> threads, List<ThreadInfo> deadlocked, String virtualThreads) {
        this.taken = taken;
        this.threads = threads;
        this.deadlocked = deadlocked;
        this.virtualThreads = virtualThreads;
    }

    /**
     * Takes the dump of all platform threads now.
     *
     * @return what was captured
     */
    public static StackDump capture() {
        return capture("");
    }

    /**
     * Takes the dump of all threads now, virtual ones included (JDK 21 and later).
     *
     * <p>The virtual machine walks virtual threads one by one, each stopped for a moment, and can only write them to a file:
     * one in a folder of its own below {@code java.io.tmpdir} that nobody else may enter, removed before this returns. That
     * takes some 5 s for 100 000 virtual threads (JDK 25, two cores), and at most about 16 MB on the disk. In the text
     * those that stand at the same place share a stack, and what is left out is counted.
     *
     * @return what was captured; where virtual threads cannot be had, the text says why
     * @throws InterruptedException if the calling thread is interrupted while it waits for the virtual threads
     */
    public static StackDump captureWithVirtualThreads() throws InterruptedException {
        return capture(VirtualThreads.dump());
    }

    private static StackDump capture(String virtualThreads) {
        if (!JdkModules.has("java.management")) {
            String why = "\nNo stacks can be shown: this Java runtime lacks the module java.management.\n";
            return new StackDump(Instant.now(), List.of(), List.of(), why);
        }
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        boolean monitors = bean.isObjectMonitorUsageSupported();
        boolean synchronizers = bean.isSynchronizerUsageSupported();
        Instant now = Instant.now();
        List<ThreadInfo> threads = Arrays.asList(bean.dumpAllThreads(monitors, synchronizers));
        long[] ids = synchronizers ? bean.findDeadlockedThreads() : bean.findMonitorDeadlockedThreads();
        List<Long> deadlockedIds =
                ids == null ? List.of() : Arrays.stream(ids).boxed().toList();
        return new StackDump(
                now,
                threads,
                threads.stream()
                        .filter(thread -> deadlockedIds.contains(thread.getThreadId()))
                        .toList(),
                virtualThreads);
    }

    /** The threads that wait for each other, with their stacks; one line if there are none. Platform threads only. */
    static String deadlocks() {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        boolean synchronizers = bean.isSynchronizerUsageSupported();
        long[] ids = synchronizers ? bean.findDeadlockedThreads() : bean.findMonitorDeadlockedThreads();
        if (ids == null) {
            return "no platform threads wait for each other\n";
        }
        List<ThreadInfo> threads = Arrays.stream(
                        bean.getThreadInfo(ids, bean.isObjectMonitorUsageSupported(), synchronizers))
                .filter(Objects::nonNull) // ended meanwhile
                .toList();
        StringBuilder text = new StringBuilder();
        appendDeadlocks(text, threads);
        threads.forEach(thread -> {
            appendHeader(text.append('\n'), thread);
            appendStack(text, thread);
        });
        return text.toString();
    }

    /**
     * The dump as text: one header a thread, then the stack, once for all threads that stand at the same place holding
     * nothing; deadlocks last; a line of {@code #} at the end.
     *
     * @return lines ended by {@code \n}
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(threads.size() * 512);
        text.append("Threads of process ")
                .append(ProcessHandle.current().pid())
                .append(" at ")
                .append(taken.truncatedTo(ChronoUnit.MILLIS))
                .append(": ")
                .append(threads.size())
                .append('\n');
        for (List<ThreadInfo> sameStack : byStack()) {
            text.append('\n');
            sameStack.forEach(thread -> appendHeader(text, thread));
            appendStack(text, sameStack.get(0));
        }
        text.append(virtualThreads);
        appendDeadlocks(text, deadlocked);
        return text.append(END).append('\n').toString();
    }

    private Collection<List<ThreadInfo>> byStack() {
        Map<List<Object>, List<ThreadInfo>> groups = new LinkedHashMap<>();
        for (ThreadInfo thread : threads) {
            boolean holdsNothing =
                    thread.getLockedMonitors().length == 0 && thread.getLockedSynchronizers().length == 0;
            Object apart = holdsNothing ? String.valueOf(thread.getLockInfo()) : thread.getThreadId();
            List<Object> key = List.of(thread.getThreadState(), Arrays.asList(thread.getStackTrace()), apart);
            groups.computeIfAbsent(key, unused -> new ArrayList<>()).add(thread);
        }
        return groups.values();
    }

    private static void appendHeader(StringBuilder text, ThreadInfo thread) {
        text.append("######### ProcessID=")
                .append(ProcessHandle.current().pid())
                .append(", ThreadID=")
                .append(thread.getThreadId())
                .append(" #########\n\"")
                .append(name(thread.getThreadName()))
                .append("\" ")
                .append(thread.getThreadState())
                .append(thread.isDaemon() ? " daemon" : "")
                .append(" priority ")
                .append(thread.getPriority())
                .append(thread.isInNative() ? ", in native code" : "")
                .append(thread.isSuspended() ? ", suspended" : "")
                .append('\n');
    }

    private static void appendStack(StringBuilder text, ThreadInfo thread) {
        StackTraceElement[] frames = thread.getStackTrace();
        LockInfo waitedFor = thread.getLockInfo();
        if (waitedFor != null) {
            text.append("    ").append(waiting(thread)).append(waitedFor);
            if (thread.getLockOwnerName() != null) {
                text.append(", held by \"")
                        .append(name(thread.getLockOwnerName()))
                        .append("\" (thread ")
                        .append(thread.getLockOwnerId())
                        .append(')');
            }
            text.append('\n');
        }
        for (int depth = 0; depth < frames.length; depth++) {
            text.append("    at ").append(Frames.text(frames[depth])).append('\n');
            for (MonitorInfo monitor : thread.getLockedMonitors()) {
                if (monitor.getLockedStackDepth() == depth) {
                    text.append("      - holds ").append(monitor).append('\n');
                }
            }
        }
        for (LockInfo synchronizer : thread.getLockedSynchronizers()) {
            text.append("    holds ").append(synchronizer).append('\n');
        }
    }

    private static String name(String name) {
        return Printable.line(String.valueOf(name), MAX_NAME);
    }

    private static String waiting(ThreadInfo thread) {
        return thread.getThreadState() == Thread.State.BLOCKED ? "blocked by " : "waits for ";
    }

    private static void appendDeadlocks(StringBuilder text, List<ThreadInfo> deadlocked) {
        if (deadlocked.isEmpty()) {
            return;
        }
        text.append("\n######### DEADLOCK #########\n");
        for (ThreadInfo thread : deadlocked) {
            text.append('"')
                    .append(name(thread.getThreadName()))
                    .append("\" (thread ")
                    .append(thread.getThreadId())
                    .append(") waits for ")
                    .append(thread.getLockName())
                    .append(", held by \"")
                    .append(name(thread.getLockOwnerName()))
                    .append("\" (thread ")
                    .append(thread.getLockOwnerId())
                    .append(")\n");
        }
    }
}
