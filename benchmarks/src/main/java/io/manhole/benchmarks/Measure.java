package io.manhole.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes one measurement of one engine in this process, and prints each figure as {@code name=value}. */
public final class Measure {
    private static final int WARMING = 100;
    private static final int TIMES = 50;
    private final Engine engine;
    private final List<Integer> live = new ArrayList<>(List.of(1, 2, 3));

    private Measure(Engine engine) {
        this.engine = engine;
    }

    /**
     * Takes a measurement.
     *
     * @param arguments the engine and the measurement
     */
    public static void main(String[] arguments) throws Exception {
        Measure measure = new Measure(Engine.valueOf(arguments[0]));
        switch (arguments[1]) {
            case "cold" -> measure.cold(0);
            case "typed" -> measure.cold(3);
            case "warm" -> measure.warm();
            case "another" -> measure.another();
            case "thousand" -> measure.thousand();
            case "small" -> measure.small();
            case "interrupt" -> measure.interrupt();
            case "rounds" -> measure.rounds();
            default -> throw new IllegalArgumentException(arguments[1]);
        }
        // Threads of engines that cannot be stopped.
        Runtime.getRuntime().halt(0);
    }

    /** From opening the engine to its first answer, of which the user takes some time to type. */
    private void cold(int secondsToType) throws Exception {
        long begun = System.nanoTime();
        Prompt prompt = engine.open(live);
        long opened = System.nanoTime() - begun;
        TimeUnit.SECONDS.sleep(secondsToType);
        long typed = System.nanoTime();
        expect(2, prompt.eval(Engine.SUM));
        long answered = System.nanoTime() - typed;
        print("first ms", millis(answered + (secondsToType == 0 ? opened : 0)));
    }

    private void warm() throws Exception {
        Prompt prompt = begin();
        for (int i = 0; i < WARMING; i++) {
            prompt.eval(engine.text(i));
        }
        long[] sums = new long[TIMES];
        long[] lambdas = new long[TIMES];
        for (int i = 0; i < TIMES; i++) {
            sums[i] = time(prompt, Engine.SUM);
            lambdas[i] = time(prompt, engine.lambda);
        }
        print("1 + 1 ms", millis(median(sums)));
        print("lambda ms", millis(median(lambdas)));
    }

    /** Sessions beside one that is open. */
    private void another() throws Exception {
        Prompt first = begin();
        for (int i = 0; i < WARMING; i++) {
            first.eval(engine.text(i));
        }
        List<Prompt> others = new ArrayList<>();
        long[] answers = new long[10];
        long heap = heap();
        for (int i = 0; i < answers.length; i++) {
            long begun = System.nanoTime();
            Prompt prompt = engine.open(live);
            prompt.eval(Engine.SUM);
            answers[i] = System.nanoTime() - begun;
            others.add(prompt);
        }
        print("heap KB", (heap() - heap) / 1024.0 / answers.length);
        print("first ms", millis(median(answers)));
        for (Prompt prompt : others) {
            prompt.close();
        }
    }

    /** A thousand texts in one session. */
    private void thousand() throws Exception {
        Prompt prompt = begin();
        long[] times = new long[1000];
        long heap = 0;
        int number = 0;
        try {
            for (; number < times.length; number++) {
                if (number == 100) {
                    heap = heap();
                }
                times[number] = time(prompt, engine.text(number));
            }
        } catch (OutOfMemoryError | Exception e) {
            print("died at", number);
            return;
        }
        print("kept KB", (heap() - heap) / 1024.0 / 900);
        print("first hundred ms", millis(median(Arrays.copyOf(times, 100))));
        print("last hundred ms", millis(median(Arrays.copyOfRange(times, 900, 1000))));
    }

    /** Whether this heap is large enough, and how long thirty texts take in it. */
    private void small() throws Exception {
        Prompt prompt = begin();
        for (int i = 0; i < 40; i++) {
            prompt.eval(engine.text(i));
        }
        long[] times = new long[40];
        for (int i = 0; i < times.length; i++) {
            times[i] = time(prompt, engine.text(40 + i));
        }
        print("text ms", millis(median(times)));
    }

    /** From Ctrl-C to the prompt, for a loop that runs compiled. */
    private void interrupt() throws Exception {
        Prompt prompt = begin();
        long[] times = new long[10];
        for (int i = 0; i < times.length; i++) {
            CountDownLatch ended = new CountDownLatch(1);
            Thread evaluating = new Thread(() -> {
                try {
                    prompt.eval(engine.endless);
                } catch (Throwable e) {
                    // That it ends is all that counts.
                }
                ended.countDown();
            });
            evaluating.setDaemon(true);
            evaluating.start();
            TimeUnit.MILLISECONDS.sleep(500);
            if (ended.getCount() == 0) {
                return; // it was never under way
            }
            long asked = System.nanoTime();
            prompt.interrupt(evaluating);
            if (!ended.await(5, TimeUnit.SECONDS)) {
                print("interrupt ms", Double.POSITIVE_INFINITY);
                return;
            }
            times[i] = System.nanoTime() - asked;
        }
        print("interrupt ms", millis(median(times)));
    }

    /** Clients that come, evaluate twenty texts, and leave. */
    private void rounds() throws Exception {
        long heapBefore = heap();
        long metaspaceBefore = metaspace();
        round();
        settle();
        long heapOfFirst = heap();
        long metaspaceOfFirst = metaspace();
        for (int i = 1; i < 20; i++) {
            round();
        }
        settle();
        print("first round: heap KB", (heapOfFirst - heapBefore) / 1024.0);
        print("first round: metaspace KB", (metaspaceOfFirst - metaspaceBefore) / 1024.0);
        print("19 more: heap KB", (heap() - heapOfFirst) / 1024.0);
        print("19 more: metaspace KB", (metaspace() - metaspaceOfFirst) / 1024.0);
    }

    private void round() throws Exception {
        try (Prompt prompt = begin()) {
            for (int i = 0; i < 20; i++) {
                prompt.eval(engine.text(i));
            }
        }
    }

    /** Until a compiler that was closed has had the time to go. */
    private static void settle() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private Prompt begin() throws Exception {
        Prompt prompt = engine.open(live);
        prompt.eval(engine.begin);
        return prompt;
    }

    private static long time(Prompt prompt, String text) throws Exception {
        long begun = System.nanoTime();
        prompt.eval(text);
        return System.nanoTime() - begun;
    }

    private static void expect(Object expected, @Nullable Object found) {
        if (found == null || !expected.toString().equals(found.toString())) {
            throw new IllegalStateException("expected " + expected + " but found " + found);
        }
    }

    /** Bytes in use after a collection. */
    private static long heap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long metaspace() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .mapToLong(pool -> pool.getUsage().getUsed())
                .sum();
    }

    private static long median(long[] times) {
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    private static void print(String name, double value) {
        System.out.println(name + "=" + String.format(Locale.ROOT, "%.2f", value));
    }
}
