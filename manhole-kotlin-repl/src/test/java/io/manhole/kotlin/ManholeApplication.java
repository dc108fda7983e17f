package io.manhole.kotlin;

import io.manhole.Manhole;
import io.manhole.ManholeOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A program with a manhole, whose options are its arguments, and which does as it is told on its standard input. */
public final class ManholeApplication {
    private static final List<byte[]> MEMORY = new ArrayList<>();

    private ManholeApplication() {}

    public static void main(String[] arguments) throws Exception {
        ManholeOptions.Builder options = ManholeOptions.builder().local("numbers", new ArrayList<>(List.of(1, 2, 3)));
        for (String argument : arguments) {
            options.parse(argument);
        }
        Manhole manhole = Manhole.install(options.build());
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "compiler" -> System.out.println("compiler " + words[1] + ": " + compilers());
                case "fill" -> fill(Integer.parseInt(words[1]));
                case "close" -> manhole.close();
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    /** The compiler's threads, by number. */
    private static List<Long> compilers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(CompilerThread.NAME))
                .map(Thread::getId)
                .toList();
    }

    private static void fill(int mebibytes) {
        for (int i = 0; i < mebibytes; i++) {
            MEMORY.add(new byte[(1 << 20) - 64]); // with its header no more than a region of the collector's
        }
        System.out.println("filled");
    }
}
