package io.manhole;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/** A garbage collection on request, and what came of it. */
final class GcReport {

    private GcReport() {}

    static String collect() {
        MemoryUsage before = heap();
        long collections = collections();
        long start = System.nanoTime();
        System.gc();
        long millis = (System.nanoTime() - start) / 1_000_000;
        MemoryUsage after = heap();
        String ran = collections() == collections
                ? "no collection ran: the virtual machine ignores requests with -XX:+DisableExplicitGC, or has a collector"
                        + " that does not count them\n"
                : "freed " + Amounts.bytes(Math.max(0, before.getUsed() - after.getUsed())) + " in "
                        + Amounts.time(millis) + "\n";
        return "heap before: " + described(before) + "heap after:  " + described(after) + ran;
    }

    private static MemoryUsage heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static String described(MemoryUsage usage) {
        return Amounts.bytes(usage.getUsed()) + " used, " + Amounts.bytes(usage.getCommitted())
                + " taken from the system, " + Amounts.bytes(usage.getMax()) + " at most\n";
    }
}
