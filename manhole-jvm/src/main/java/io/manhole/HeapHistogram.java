package io.manhole;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which classes take up the heap. */
final class HeapHistogram {

    private static final int MAX_ROWS = 1_000;

    /** {@code    1:        215823      204263048  [B (java.base@17.0.15)}. */
    private static final Pattern ROW =
            Pattern.compile("\\s*(\\d+):\\s+(\\d+)\\s+(\\d+)\\s+(\\S+)(?:\\s+\\((.*)\\))?\\s*");

    private static final Pattern TOTAL = Pattern.compile("Total\\s+(\\d+)\\s+(\\d+)\\s*");

    private HeapHistogram() {}

    /**
     * Stops the application while the heap is walked. With {@code -all} unreachable objects count too: without it the
     * virtual machine makes a full collection first, which takes longer by far, and which an application in trouble may not
     * survive.
     */
    static String report(int count) {
        if (count < 1 || count > MAX_ROWS) {
            return "heapHistogram(" + count + "): say how many classes, from 1 to " + MAX_ROWS
                    + ", for example heapHistogram(20)\n";
        }
        DiagnosticCommand.prepare();
        long start = System.nanoTime();
        List<String> lines;
        try {
            lines = DiagnosticCommand.run("gcClassHistogram", "-all").lines().toList();
        } catch (IOException e) {
            return Printable.line(String.valueOf(e.getMessage()), 300) + "\n";
        }
        return table(lines, count, (System.nanoTime() - start) / 1_000_000);
    }

    private static String table(List<String> lines, int count, long millis) {
        Table table =
                new Table(Table.number("#"), Table.number("instances"), Table.number("bytes"), Table.text("class", 80));
        int classes = 0;
        String total = "";
        for (String line : lines) {
            Matcher row = ROW.matcher(line);
            Matcher sum = TOTAL.matcher(line);
            if (row.matches()) {
                if (++classes <= count) {
                    table.row(row.group(1), row.group(2), row.group(3), className(row.group(4)));
                }
            } else if (sum.matches()) {
                total = "all: " + sum.group(1) + " instances, " + Amounts.bytes(Long.parseLong(sum.group(2)))
                        + ", garbage included; taken in " + millis + " ms\n";
            }
        }
        return table + (classes > count ? "... and " + (classes - count) + " more classes\n" : "") + total;
    }

    /** As in source: {@code byte[]} for {@code [B}, {@code java.lang.String[]} for {@code [Ljava.lang.String;}. */
    private static String className(String internal) {
        int dimensions = internal.lastIndexOf('[') + 1;
        if (dimensions == 0) {
            return internal;
        }
        String element = internal.substring(dimensions);
        String name = switch (element.charAt(0)) {
            case 'B' -> "byte";
            case 'C' -> "char";
            case 'D' -> "double";
            case 'F' -> "float";
            case 'I' -> "int";
            case 'J' -> "long";
            case 'S' -> "short";
            case 'Z' -> "boolean";
            default -> element.replaceAll("^L|;$", "");
        };
        return name + "[]".repeat(dimensions);
    }
}
