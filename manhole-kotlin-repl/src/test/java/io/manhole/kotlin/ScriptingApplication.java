package io.manhole.kotlin;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.Invocable;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineFactory;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;
import javax.script.SimpleBindings;

/**
 * A Java program started by the specs with the jars and nothing else: knows {@code javax.script} alone, and looks at itself from
 * inside. Prints a line for all it finds wrong.
 */
public final class ScriptingApplication {
    private static final List<String> WRONG = new ArrayList<>();

    private ScriptingApplication() {}

    /**
     * What the README's example is about.
     *
     * @param total in whatever coin
     */
    public record Order(int total) {}

    /** Runs all checks. */
    public static void main(String[] arguments) throws Exception {
        Map<?, ?> properties = new HashMap<>(System.getProperties());
        int classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
        enumerated();
        int loaded = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount() - classes;
        expect("few classes are loaded to enumerate engines, not " + loaded, true, loaded < 500);
        expect("threads of the engine's before it is used", List.of(), threads());

        WeakReference<ClassLoader> used = used();
        awaitGone("closed", used);
        awaitGone("dropped", dropped());
        awaitGone("dropped with only a compiled script or an interface left of it", parts());
        expect("system properties", properties, new HashMap<>(System.getProperties()));
        WRONG.forEach(System.out::println);
        System.out.println("done");
    }

    private static ScriptEngine engine() {
        return new ScriptEngineManager().getEngineByName("manhole-kotlin");
    }

    private static void enumerated() {
        for (ScriptEngineFactory factory : new ScriptEngineManager().getEngineFactories()) {
            expect("an engine", true, factory.getScriptEngine() != null);
        }
    }

    private static WeakReference<ClassLoader> used() throws Exception {
        ScriptEngine engine = engine();
        try {
            engine.put("numbers", new ArrayList<>(List.of(3, 1, 2)));
            expect("an expression", List.of(1, 2, 3), engine.eval("numbers.map { it as Int }.sorted()"));
            engine.eval(
                    "data class Order(val id: Int, val lines: List<String> = emptyList())\nfun newOrder(id: Int) = Order(id)");
            Object order = ((Invocable) engine).invokeFunction("newOrder", 7);
            expect("an object", "Order(id=7, lines=[])", order.toString());
            expect("its method", 7, ((Invocable) engine).invokeMethod(order, "getId"));
            CompiledScript script = ((Compilable) engine).compile("n * 2");
            for (int n = 0; n < 5; n++) {
                expect("compiled", n * 2, script.eval(new SimpleBindings(new HashMap<>(Map.of("n", n)))));
            }
            engine.put("orders", List.of(new Order(50), new Order(150)));
            expect("the README's expression", 1, engine.eval("orders.filter { it.total > 100 }.size"));
            CompiledScript rule = ((Compilable) engine).compile("order.total > limit");
            expect(
                    "the README's rule",
                    true,
                    rule.eval(new SimpleBindings(Map.of("order", new Order(150), "limit", 100))));
            expect(
                    "with another order",
                    false,
                    rule.eval(new SimpleBindings(Map.of("order", new Order(50), "limit", 100))));
            try {
                engine.eval("val a = 1\nb");
                expect("wrong", "an exception", "none");
            } catch (ScriptException e) {
                expect("line", 2, e.getLineNumber());
                expect("column", 1, e.getColumnNumber());
            }
            return engineLoader();
        } finally {
            ((AutoCloseable) engine).close();
        }
    }

    private static WeakReference<ClassLoader> dropped() throws Exception {
        ScriptEngine engine = engine();
        // What scripts keep, and what bindings name, must not keep the engine.
        engine.put("engine", engine);
        engine.eval("val kept = ArrayList<Any?>(); kept.add(engine); kept.add({ kept })");
        return engineLoader();
    }

    private static WeakReference<ClassLoader> parts() throws Exception {
        List<Object> parts = new ArrayList<>();
        WeakReference<ClassLoader> loader = partsOf(engine(), parts);
        for (int round = 0; round < 3; round++) {
            System.gc();
            expect("a compiled script of a dropped engine", 42, ((CompiledScript) parts.get(0)).eval());
            expect("an interface of a dropped engine", 5, ((IntSupplier) parts.get(1)).getAsInt());
        }
        return loader;
    }

    private static WeakReference<ClassLoader> partsOf(ScriptEngine engine, List<Object> parts) throws Exception {
        engine.eval("fun getAsInt() = 5");
        parts.add(((Compilable) engine).compile("6 * 7"));
        parts.add(((Invocable) engine).getInterface(IntSupplier.class));
        return engineLoader();
    }

    private static WeakReference<ClassLoader> engineLoader() {
        return new WeakReference<>(Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().equals(CompilerThread.NAME) && thread.getContextClassLoader() != null)
                .findFirst()
                .orElseThrow()
                .getContextClassLoader());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("manhole"))
                .toList();
    }

    private static void awaitGone(String what, WeakReference<ClassLoader> engine) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while ((engine.get() != null || !threads().isEmpty()) && System.nanoTime() < deadline) {
            System.gc();
            new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
        }
        expect("the loader of an engine that was " + what + " is gone", true, engine.get() == null);
        expect("threads left of an engine that was " + what, List.of(), threads());
    }

    private static void expect(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            WRONG.add(what + ": expected " + expected + " but found " + found);
        }
    }
}
