package io.manhole.benchmarks;

import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.execution.LocalExecutionControlProvider;
import org.jspecify.annotations.Nullable;

/** What is measured, and what beside it. */
enum Engine {
    /** This project's Kotlin session. */
    MANHOLE(
            "val live = given as List<Int>",
            "val x%d = live.size",
            "fun f%d(i: Int) = i + %1$d",
            "live.filter { it > 1 }.map { it * 2 }.sum()",
            "while (true) {}") {
        @Override
        Prompt open(List<Integer> live) throws Exception {
            return new Manhole(live);
        }
    },

    /** The Kotlin scripting engine as it comes. */
    STOCK(
            "val live = bindings[\"given\"] as List<Int>",
            "val x%d = live.size",
            "fun f%d(i: Int) = i + %1$d",
            "live.filter { it > 1 }.map { it * 2 }.sum()",
            "while (true) {}") {
        @Override
        Prompt open(List<Integer> live) {
            return script("kotlin", live);
        }
    },

    /** The JDK's, in this process. */
    JSHELL(
            "var live = io.manhole.benchmarks.Given.live;",
            "var x%d = live.size();",
            "int f%d(int i) { return i + %1$d; }",
            "live.stream().filter(i -> i > 1).mapToInt(i -> i * 2).sum()",
            "while (true) {}") {
        @Override
        Prompt open(List<Integer> live) throws Exception {
            Given.live = live;
            return new Shell();
        }
    },

    /** Groovy's script engine: dynamic, so it does least of the work. */
    GROOVY(
            "live = given",
            "x%d = live.size()",
            "def f%d(i) { i + %1$d }",
            "live.findAll { it > 1 }.collect { it * 2 }.sum()",
            "while (true) {}") {
        @Override
        Prompt open(List<Integer> live) {
            return script("groovy", live);
        }
    };

    /** Evaluated as what every engine can add up. */
    static final String SUM = "1 + 1";

    /** Makes {@code live} of what was given. */
    final String begin;

    final String declaration;
    final String function;
    final String lambda;
    final String endless;

    Engine(String begin, String declaration, String function, String lambda, String endless) {
        this.begin = begin;
        this.declaration = declaration;
        this.function = function;
        this.lambda = lambda;
        this.endless = endless;
    }

    /** Opens a session; what its engine puts off until the first evaluation is not done yet. */
    abstract Prompt open(List<Integer> live) throws Exception;

    /** One of four kinds of text, none the same as another. */
    String text(int number) {
        return switch (number % 4) {
            case 0 -> SUM + " + " + number;
            case 1 -> String.format(Locale.ROOT, declaration, number);
            case 2 -> String.format(Locale.ROOT, function, number);
            default -> lambda + " + " + number;
        };
    }

    private static Prompt script(String name, List<Integer> live) {
        ScriptEngine engine = new ScriptEngineManager().getEngineByName(name);
        engine.put("given", live);
        return new Prompt() {
            @Override
            public @Nullable Object eval(String text) throws ScriptException {
                return engine.eval(text);
            }

            @Override
            public void interrupt(Thread evaluating) {
                evaluating.interrupt();
            }

            @Override
            public void close() {}
        };
    }

    private static final class Manhole implements Prompt {
        private final Repl repl;

        Manhole(List<Integer> live) throws Exception {
            ReplProvider kotlin = ServiceLoader.load(ReplProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(provider -> provider.name().equals("kotlin"))
                    .findFirst()
                    .orElseThrow();
            Map<String, @Nullable Object> bindings = Map.of("given", live);
            repl = kotlin.open(new ReplContext() {
                @Override
                public Map<String, @Nullable Object> bindings() {
                    return bindings;
                }

                @Override
                public List<ReplCommand> commands() {
                    return List.of();
                }

                @Override
                public ClassLoader classLoader() {
                    return Engine.class.getClassLoader();
                }

                @Override
                public void warn(String message) {
                    throw new IllegalStateException(message);
                }
            });
        }

        @Override
        public @Nullable Object eval(String text) {
            EvalResult result = repl.eval(text);
            if (result instanceof EvalResult.Value value) {
                return value.value();
            }
            if (result instanceof EvalResult.NoValue) {
                return null;
            }
            throw new IllegalStateException(text + ": " + result);
        }

        @Override
        public void interrupt(Thread evaluating) {
            repl.interrupt();
            evaluating.interrupt();
        }

        @Override
        public void close() {
            repl.close();
        }
    }

    private static final class Shell implements Prompt {
        private final JShell shell = JShell.builder()
                .executionEngine(new LocalExecutionControlProvider(), Map.of())
                .build();

        Shell() {
            shell.addToClasspath(System.getProperty("java.class.path"));
            eval("import java.util.*;");
        }

        @Override
        public @Nullable Object eval(String text) {
            SnippetEvent last = null;
            for (SnippetEvent event : shell.eval(text)) {
                if (event.status() != Snippet.Status.VALID || event.exception() != null) {
                    throw new IllegalStateException(text + ": " + event + " "
                            + shell.diagnostics(event.snippet())
                                    .map(d -> d.getMessage(Locale.ROOT))
                                    .toList());
                }
                last = event;
            }
            return last == null ? null : last.value();
        }

        @Override
        public void interrupt(Thread evaluating) {
            shell.stop();
        }

        @Override
        public void close() {
            shell.close();
        }
    }
}
