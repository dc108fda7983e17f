package io.manhole.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Takes all measurements, each in processes of its own, and prints the medians as a table for the JDK that runs it. */
public final class Report {
    /** A measurement and how often it is taken. */
    private record Task(String name, int processes, List<String> jvmArguments) {}

    private static final List<Task> TASKS = List.of(
            new Task("cold", 5, List.of()),
            new Task("typed", 3, List.of()),
            new Task("warm", 3, List.of()),
            new Task("another", 3, List.of()),
            new Task("thousand", 1, List.of("-Xmx256m")),
            new Task("interrupt", 1, List.of()),
            new Task("rounds", 1, List.of()));
    private static final List<Integer> HEAPS = List.of(256, 128, 96, 80, 64, 56, 48, 40, 32, 24, 20, 16);
    private static final long LIMIT_SECONDS = 300;

    private Report() {}

    /**
     * Prints the table.
     *
     * @param arguments names of measurements to be taken; all if there are none
     */
    public static void main(String[] arguments) throws Exception {
        System.out.println("JDK " + System.getProperty("java.vm.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        System.out.println();
        System.out.println("| | MANHOLE | STOCK | JSHELL | GROOVY |");
        System.out.println("|---|---|---|---|---|");
        for (Task task : TASKS) {
            if (arguments.length == 0 || Arrays.asList(arguments).contains(task.name())) {
                print(task);
            }
        }
        if (arguments.length == 0 || Arrays.asList(arguments).contains("small")) {
            StringBuilder row = new StringBuilder("| smallest heap MB |");
            for (Engine engine : Engine.values()) {
                row.append(' ').append(smallest(engine)).append(" |");
            }
            System.out.println(row);
        }
    }

    /** Engines take turns, so that a busy minute of the machine's hits them all. */
    private static void print(Task task) throws Exception {
        Map<String, Map<Engine, List<Double>>> found = new LinkedHashMap<>();
        for (int i = 0; i < task.processes(); i++) {
            for (Engine engine : Engine.values()) {
                measure(engine, task.name(), task.jvmArguments())
                        .forEach((figure, value) -> found.computeIfAbsent(figure, key -> new LinkedHashMap<>())
                                .computeIfAbsent(engine, key -> new ArrayList<>())
                                .add(value));
            }
        }
        found.forEach((figure, values) -> {
            StringBuilder row = new StringBuilder("| " + task.name() + ": " + figure + " |");
            for (Engine engine : Engine.values()) {
                row.append(' ')
                        .append(median(values.getOrDefault(engine, List.of())))
                        .append(" |");
            }
            System.out.println(row);
        });
    }

    private static String median(List<Double> values) {
        if (values.isEmpty()) {
            return "–";
        }
        double median =
                values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
        return Double.isInfinite(median) ? "never" : String.format(Locale.ROOT, median < 100 ? "%.1f" : "%.0f", median);
    }

    /** The smallest heap in which a text takes no more than half as long again as in the largest one. */
    private static String smallest(Engine engine) throws Exception {
        double free = 0;
        String smallest = "–";
        for (int heap : HEAPS) {
            Double time = measure(engine, "small", List.of("-Xmx" + heap + "m")).get("text ms");
            if (time == null || (free > 0 && time > free * 1.5)) {
                break;
            }
            free = free > 0 ? free : time;
            smallest = Integer.toString(heap);
        }
        return smallest;
    }

    /** What the process printed; nothing when it failed or took too long. */
    private static Map<String, Double> measure(Engine engine, String name, List<String> jvmArguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArguments);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Measure.class.getName(), engine.name(), name));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread limit = new Thread(() -> {
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        });
        limit.setDaemon(true);
        limit.start();
        Map<String, Double> figures = new LinkedHashMap<>();
        process.inputReader().lines().filter(line -> line.contains("=")).forEach(line -> {
            int equals = line.lastIndexOf('=');
            try {
                figures.put(line.substring(0, equals), Double.valueOf(line.substring(equals + 1)));
            } catch (NumberFormatException e) {
                // Something else that an engine prints.
            }
        });
        process.waitFor();
        return figures;
    }
}
