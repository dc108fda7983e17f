package io.manhole;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each platform thread did in a short while: CPU time and allocation, the busiest first. */
final class BusyThreads {

    private static final long WINDOW_MILLIS = 200;
    private static final int MAX_ROWS = 60;

    /** What a thread had used up at some time; -1 where that is not known. */
    private record Usage(long cpuNanos, long allocatedBytes) {}

    private record Row(ThreadInfo thread, double cpuPercent, double bytesPerSecond) {}

    private BusyThreads() {}

    /** Waits for the time it measures. Stops all threads for as long as it takes to look at their top frames. */
    static String report() throws InterruptedException {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        boolean measuresCpu = bean.isThreadCpuTimeSupported() && bean.isThreadCpuTimeEnabled();
        long start = System.nanoTime();
        Map<Long, Usage> before = usage(bean, measuresCpu);
        Thread.sleep(WINDOW_MILLIS);
        Map<Long, Usage> after = usage(bean, measuresCpu);
        double seconds = (System.nanoTime() - start) / 1e9;
        long[] ids = after.keySet().stream().mapToLong(Long::longValue).toArray();
        List<Row> rows = new ArrayList<>();
        for (ThreadInfo thread : bean.getThreadInfo(ids, 1)) {
            @Nullable Usage used = thread == null ? null : after.get(thread.getThreadId());
            if (used != null) {
                rows.add(row(thread, before.get(thread.getThreadId()), used, seconds));
            }
        }
        rows.sort(Comparator.comparingDouble(Row::cpuPercent)
                .thenComparingDouble(Row::bytesPerSecond)
                .reversed()
                .thenComparing(row -> row.thread().getThreadName()));
        return summary(rows, seconds, measuresCpu) + table(rows);
    }

    private static Map<Long, Usage> usage(ThreadMXBean bean, boolean measuresCpu) {
        long[] ids = bean.getAllThreadIds();
        long[] bytes = allocated(bean, ids);
        Map<Long, Usage> usage = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            usage.put(ids[i], new Usage(measuresCpu ? bean.getThreadCpuTime(ids[i]) : -1, bytes[i]));
        }
        return usage;
    }

    private static long[] allocated(ThreadMXBean bean, long[] ids) {
        return JdkModules.has("jdk.management") ? Allocation.of(bean, ids) : unknown(ids);
    }

    private static long[] unknown(long[] ids) {
        long[] bytes = new long[ids.length];
        Arrays.fill(bytes, -1);
        return bytes;
    }

    /** Apart, so that it is not loaded where its module is missing. */
    private static final class Allocation {
        static long[] of(ThreadMXBean bean, long[] ids) {
            return bean instanceof com.sun.management.ThreadMXBean more
                            && more.isThreadAllocatedMemorySupported()
                            && more.isThreadAllocatedMemoryEnabled()
                    ? more.getThreadAllocatedBytes(ids)
                    : unknown(ids);
        }
    }

    /** A thread that was not there before began within the time, so all that it used was used then. */
    private static Row row(ThreadInfo thread, @Nullable Usage before, Usage after, double seconds) {
        Usage from = before == null ? new Usage(0, 0) : before;
        double percent =
                after.cpuNanos() < 0 || from.cpuNanos() < 0 ? -1 : (after.cpuNanos() - from.cpuNanos()) / seconds / 1e7;
        double bytes = after.allocatedBytes() < 0 || from.allocatedBytes() < 0
                ? -1
                : (after.allocatedBytes() - from.allocatedBytes()) / seconds;
        return new Row(thread, percent, bytes);
    }

    private static String summary(List<Row> rows, double seconds, boolean measuresCpu) {
        double percent =
                rows.stream().mapToDouble(row -> Math.max(0, row.cpuPercent())).sum();
        String cpu = measuresCpu
                ? "together they used " + Amounts.tenths(percent) + " % of a processor, of "
                        + Runtime.getRuntime().availableProcessors()
                : "this virtual machine does not measure their CPU time";
        return rows.size() + " platform threads; in " + Math.round(seconds * 1000) + " ms " + cpu + "\n";
    }

    private static String table(List<Row> rows) {
        Table table = new Table(
                Table.number("CPU %"),
                Table.number("alloc/s"),
                Table.text("state", 13),
                Table.number("id"),
                Table.text("daemon", 6),
                Table.text("name", 32),
                Table.text("at", 60));
        for (Row row : rows.subList(0, Math.min(MAX_ROWS, rows.size()))) {
            ThreadInfo thread = row.thread();
            StackTraceElement[] frames = thread.getStackTrace();
            table.row(
                    row.cpuPercent() < 0 ? "?" : Amounts.tenths(row.cpuPercent()),
                    Amounts.bytes((long) row.bytesPerSecond()),
                    thread.getThreadState(),
                    thread.getThreadId(),
                    thread.isDaemon() ? "daemon" : "",
                    thread.getThreadName(),
                    frames.length == 0 ? "" : place(frames[0]));
        }
        int more = rows.size() - MAX_ROWS;
        return table + (more > 0 ? "... and " + more + " more threads, less busy\n" : "");
    }

    /** The class without its package: the line has to fit. */
    private static String place(StackTraceElement frame) {
        String text = Frames.text(frame);
        String className = frame.getClassName();
        return text.substring(className.lastIndexOf('.') + 1);
    }
}
