package io.manhole.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import kotlin.jvm.functions.Function1;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the check for interrupts costs evaluated code: the same loops, evaluated and compiled as they are. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CheckBenchmark {
    private static final int SIZE = 10_000;

    /** Which loop. */
    @Param({"array", "calls", "nested"})
    public String loop = "";

    private final int[] array = new int[SIZE];
    private @Nullable Prompt prompt;
    private Function1<int[], Integer> evaluated = array -> 0;
    private Function1<int[], Integer> plain = array -> 0;

    /** Evaluates the loop. */
    @Setup
    @SuppressWarnings("unchecked") // what the text says
    public void evaluate() throws Exception {
        for (int i = 0; i < SIZE; i++) {
            array[i] = i;
        }
        prompt = Engine.MANHOLE.open(List.of());
        String text = switch (loop) {
            case "array" -> "{ a: IntArray -> var s = 0; for (x in a) s += x; s }";
            case "calls" ->
                "fun step(s: Int, x: Int) = s * 31 + x\n{ a: IntArray -> var s = 0; for (x in a) s = step(s, x); s }";
            default ->
                "{ a: IntArray -> var s = 0; for (i in 0 until 100) for (j in 0 until 100) s += a[i] * a[j]; s }";
        };
        evaluated = (Function1<int[], Integer>) java.util.Objects.requireNonNull(prompt.eval(text));
        plain = switch (loop) {
            case "array" -> CheckBenchmark::sum;
            case "calls" -> CheckBenchmark::calls;
            default -> CheckBenchmark::nested;
        };
    }

    private static int sum(int[] array) {
        int sum = 0;
        for (int x : array) {
            sum += x;
        }
        return sum;
    }

    private static int calls(int[] array) {
        int sum = 0;
        for (int x : array) {
            sum = step(sum, x);
        }
        return sum;
    }

    private static int step(int sum, int x) {
        return sum * 31 + x;
    }

    private static int nested(int[] array) {
        int sum = 0;
        for (int i = 0; i < 100; i++) {
            for (int j = 0; j < 100; j++) {
                sum += array[i] * array[j];
            }
        }
        return sum;
    }

    /** With the check. */
    @Benchmark
    public int evaluated() {
        return evaluated.invoke(array);
    }

    /** Without it. */
    @Benchmark
    public int plain() {
        return plain.invoke(array);
    }

    /** Gives the compiler back. */
    @TearDown
    public void close() {
        if (prompt != null) {
            prompt.close();
        }
    }
}
