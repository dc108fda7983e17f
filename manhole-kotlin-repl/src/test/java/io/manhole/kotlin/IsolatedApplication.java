package io.manhole.kotlin;

import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A Java application started by the specs: evaluates, and looks at itself from inside. Prints a line for all it finds wrong. */
public final class IsolatedApplication {
    private static final String[][] CASES = {
        {"1 + 1", "2: Int"},
        {"listOf(3, 1, 2).sorted().map { \"<$it>\" }", "[<1>, <2>, <3>]: List<String>"},
        {"data class P(val a: Int)", "nothing"},
        {"P(1) == P(1)", "true: Boolean"},
        {"(1..10).asSequence().filter { it % 2 == 0 }.sum()", "30: Int"},
        {"enum class E { A, B }", "nothing"},
        {"when (E.A) { E.A -> 1; E.B -> 2 }", "1: Int"},
        {"suspend fun s() = 1", "nothing"},
        {"sequence { yield(1); yield(2) }.toList()", "[1, 2]: List<Int>"},
        {"val lazily by lazy { 3 }; lazily", "3: Int"},
        {"numbers.add(4); numbers.size", "4: Int"},
        {"supplier.get()", "supplied: Any?"},
        {"\"a,b\".split(\",\")", "[a, b]: List<String>"},
        {"Regex(\"b+\").find(\"abba\")?.value", "bb: String?"},
        {"runCatching { error(\"x\") }.isFailure", "true: Boolean"},
        {"null", "null: Nothing?"},
        {"println()", "nothing"},
        {"buildList { add(1) }", "[1]: List<Int>"},
        {"val (a, b) = 1 to 2; a + b", "3: Int"},
        {"error(\"boom\")", "thrown java.lang.IllegalStateException: boom"},
    };

    private static final List<String> WRONG = new ArrayList<>();

    private IsolatedApplication() {}

    /**
     * Runs all checks.
     *
     * @param arguments the version of Kotlin that the class path has, or {@code none}; rounds of opening and closing
     */
    public static void main(String[] arguments) throws Exception {
        Map<?, ?> properties = new HashMap<>(System.getProperties());
        cases(arguments[0]);
        endlessLoop();
        comingAndGoing();
        int rounds = Integer.parseInt(arguments[1]);
        long firstHandles = 0;
        for (int round = 0; round < rounds; round++) {
            WeakReference<ClassLoader> engine = round(round == 0);
            awaitGone(engine);
            long handles = openFiles();
            if (round == 0) {
                firstHandles = handles;
            } else {
                expect("open files after round " + round, firstHandles, handles);
            }
        }
        expect("system properties", properties, new HashMap<>(System.getProperties()));
        expect("Kotlin in the application", arguments[0].equals("none"), !hasKotlin());
        WRONG.forEach(System.out::println);
        System.out.println("done");
    }

    private static void cases(String kotlin) throws Exception {
        try (Repl repl = open()) {
            for (String[] test : CASES) {
                expect(test[0], test[1], show(repl.eval(test[0])));
            }
            if (!kotlin.equals("none")) {
                expect("version", kotlin + ": String", show(repl.eval("KotlinVersion.CURRENT.toString()")));
            }
        }
    }

    private static void endlessLoop() throws Exception {
        try (Repl repl = open()) {
            repl.eval("1");
            List<EvalResult> results = new ArrayList<>();
            Thread evaluating = new Thread(() -> results.add(repl.eval("started.countDown(); while (true) {}")));
            evaluating.start();
            STARTED.await();
            repl.interrupt();
            evaluating.interrupt();
            evaluating.join(TimeUnit.SECONDS.toMillis(20));
            expect(
                    "endless loop",
                    "thrown java.util.concurrent.CancellationException: interrupted",
                    show(results.get(0)));
        }
    }

    /** Clients that connect and leave at once must not leave an engine each to be begun and ended, one after the other. */
    private static void comingAndGoing() throws Exception {
        for (int client = 0; client < 20; client++) {
            open().close();
        }
        long compilers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(CompilerThread.NAME))
                .count();
        // One may be on its way out while the next begins.
        expect("at most two compiler threads", true, compilers <= 2);
        try (Repl repl = open()) {
            expect("after them", "2: Int", show(repl.eval("1 + 1")));
        }
    }

    private static WeakReference<ClassLoader> round(boolean completing) throws Exception {
        Repl repl = open();
        expect("a round", "2: Int", show(repl.eval("1 + 1")));
        if (completing) {
            expect("extensions", true, offers(repl, "listOf(1).firstOrN", "firstOrNull"));
            expect("classes", true, offers(repl, "CountDownL", "java.util.concurrent.CountDownLatch"));
            expect("a class", true, repl.lookup("java.util.ArrayList", 19) != null);
        }
        Thread compiler = compilerThread();
        WeakReference<ClassLoader> engine = new WeakReference<>(compiler.getContextClassLoader());
        repl.close();
        // Collecting garbage without pause would keep the compiler from ending.
        compiler.join(TimeUnit.SECONDS.toMillis(30));
        expect("the compiler's thread has ended", false, compiler.isAlive());
        return engine;
    }

    private static boolean offers(Repl repl, String text, String candidate) {
        return repl.complete(text, text.length()).stream()
                .anyMatch(each -> each.candidate().equals(candidate));
    }

    private static Thread compilerThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().equals(CompilerThread.NAME) && thread.getContextClassLoader() != null)
                .findFirst()
                .orElseThrow();
    }

    private static void awaitGone(WeakReference<ClassLoader> engine) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (engine.get() != null && System.nanoTime() < deadline) {
            System.gc();
            new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
        }
        expect("the engine's loader is gone", true, engine.get() == null);
    }

    private static long openFiles() throws Exception {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static boolean hasKotlin() {
        try {
            Class.forName("kotlin.KotlinVersion");
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static final CountDownLatch STARTED = new CountDownLatch(1);

    private static Repl open() throws Exception {
        ReplProvider provider =
                ServiceLoader.load(ReplProvider.class).findFirst().orElseThrow();
        Supplier<String> supplier = () -> "supplied";
        Map<String, Object> bindings =
                Map.of("numbers", new ArrayList<>(List.of(1, 2, 3)), "supplier", supplier, "started", STARTED);
        return provider.open(new ReplContext() {
            @Override
            public Map<String, Object> bindings() {
                return bindings;
            }

            @Override
            public List<ReplCommand> commands() {
                return List.of();
            }

            @Override
            public ClassLoader classLoader() {
                return IsolatedApplication.class.getClassLoader();
            }

            @Override
            public void warn(String message) {
                WRONG.add("warned: " + message);
            }
        });
    }

    private static String show(EvalResult result) {
        if (result instanceof EvalResult.Value value) {
            return value.value() + ": " + value.type();
        }
        if (result instanceof EvalResult.Failed failed) {
            return "thrown " + failed.thrown();
        }
        return result instanceof EvalResult.NoValue ? "nothing" : result.toString();
    }

    private static void expect(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            WRONG.add(what + ": expected " + expected + " but found " + found);
        }
    }
}
