package io.manhole;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.File;
import java.io.IOException;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.OperatingSystemMXBean;
import java.lang.management.RuntimeMXBean;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;

/** This process and its virtual machine, for people. */
final class VmReport {

    /** Longer class paths are cut. */
    private static final int MAX_ENTRIES = 200;

    private static final int MAX_LENGTH = 400;
    private static final int FLOW_WIDTH = 100;

    private final StringBuilder text = new StringBuilder();

    private VmReport() {}

    static String report() {
        VmReport report = new VmReport();
        report.process();
        report.flags();
        report.system();
        report.memory();
        report.classes();
        return report.text.toString();
    }

    private void line(String title, String value) {
        text.append(String.format(java.util.Locale.ROOT, "%-12s ", title))
                .append(Printable.line(value, MAX_LENGTH))
                .append('\n');
    }

    /** One entry to a line. */
    private void list(String title, List<String> entries) {
        for (int i = 0; i < Math.min(MAX_ENTRIES, entries.size()); i++) {
            line(i == 0 ? title : "", entries.get(i));
        }
        if (entries.size() > MAX_ENTRIES) {
            line("", "... and " + (entries.size() - MAX_ENTRIES) + " more");
        }
    }

    /** As many entries to a line as fit. */
    private void flow(String title, String[] entries) {
        String heading = title;
        StringBuilder line = new StringBuilder();
        for (String entry : entries) {
            if (line.length() > 0 && line.length() + entry.length() > FLOW_WIDTH) {
                line(heading, line.toString());
                line.setLength(0);
                heading = "";
            }
            line.append(line.length() == 0 ? "" : " ").append(entry);
        }
        line(heading, line.toString());
    }

    private void process() {
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        line("process", ProcessHandle.current().pid() + ", user " + System.getProperty("user.name", "?"));
        line("main", ProcessDescription.main());
        line(
                "up",
                Amounts.time(runtime.getUptime()) + ", since "
                        + Instant.ofEpochMilli(runtime.getStartTime()).truncatedTo(ChronoUnit.SECONDS));
        line("JVM", runtime.getVmName() + " " + runtime.getVmVersion() + ", " + runtime.getVmVendor());
        line("Java", System.getProperty("java.version", "?") + " at " + System.getProperty("java.home", "?"));
        line("manhole", ProcessDescription.version());
    }

    private void flags() {
        list("arguments", ManagementFactory.getRuntimeMXBean().getInputArguments());
        try {
            // Those that differ from their defaults, whether somebody set them or the virtual machine itself did.
            flow("flags", DiagnosticCommand.run("vmFlags").trim().split("\\s+(?=-XX:)"));
        } catch (IOException e) {
            line("flags", String.valueOf(e.getMessage()));
        }
    }

    private void system() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        line("system", system.getName() + " " + system.getVersion() + ", " + system.getArch());
        double load = system.getSystemLoadAverage();
        line(
                "processors",
                system.getAvailableProcessors() + ", load average "
                        + (load < 0 ? "?" : String.format(java.util.Locale.ROOT, "%.2f", load)));
        if (JdkModules.has("jdk.management")) {
            Unix.report(this, system);
        } else {
            line("CPU", "not known: this runtime lacks the module jdk.management");
        }
    }

    /** Apart, so that it is not loaded where its module is missing. */
    private static final class Unix {
        static void report(VmReport report, OperatingSystemMXBean system) {
            if (system instanceof com.sun.management.OperatingSystemMXBean cpu) {
                long up = Math.max(1, ManagementFactory.getRuntimeMXBean().getUptime());
                double seconds = cpu.getProcessCpuTime() / 1e9;
                report.line(
                        "CPU",
                        Amounts.tenths(seconds) + " s used, " + Amounts.tenths(100_000 * seconds / up)
                                + " % of a processor since the start");
                report.line(
                        "main memory",
                        Amounts.bytes(cpu.getFreeMemorySize()) + " free of " + Amounts.bytes(cpu.getTotalMemorySize()));
            }
            if (system instanceof UnixOperatingSystemMXBean unix) {
                report.line(
                        "descriptors",
                        unix.getOpenFileDescriptorCount() + " open of " + unix.getMaxFileDescriptorCount());
            }
        }
    }

    private void memory() {
        text.append('\n');
        Table pools = new Table(
                Table.text("memory", 40),
                Table.number("used"),
                Table.number("committed"),
                Table.number("at most"),
                Table.number("peak"));
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = pool.getUsage();
            MemoryUsage peak = pool.getPeakUsage();
            if (usage != null && peak != null) { // else the pool is no more
                pools.row(
                        pool.getName(),
                        Amounts.bytes(usage.getUsed()),
                        Amounts.bytes(usage.getCommitted()),
                        usage.getMax() < 0 ? "no limit" : Amounts.bytes(usage.getMax()),
                        Amounts.bytes(peak.getUsed()));
            }
        }
        Table collectors =
                new Table(Table.text("collector", 40), Table.number("collections"), Table.number("time in all"));
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collectors.row(
                    collector.getName(), collector.getCollectionCount(), Amounts.time(collector.getCollectionTime()));
        }
        text.append(pools).append('\n').append(collectors).append('\n');
    }

    private void classes() {
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        line("classes", classes.getLoadedClassCount() + " loaded, " + classes.getUnloadedClassCount() + " unloaded");
        list("class path", entries("java.class.path"));
        list("module path", entries("jdk.module.path"));
    }

    private static List<String> entries(String property) {
        String path = System.getProperty(property, "");
        return path.isEmpty() ? List.of() : Arrays.asList(path.split(File.pathSeparator));
    }
}
