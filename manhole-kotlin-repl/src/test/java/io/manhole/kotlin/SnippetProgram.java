package io.manhole.kotlin;

import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
import io.manhole.repl.ReplContext;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An application in Java that evaluates its arguments in a row, and prints a line for what comes of each. */
public final class SnippetProgram {
    private SnippetProgram() {}

    public static void main(String[] texts) {
        try (Repl repl = new KotlinReplProvider().open(new Context())) {
            for (String text : texts) {
                System.out.println(show(repl.eval(text)));
            }
        }
        System.out.println("done");
    }

    private static String show(EvalResult result) {
        if (result instanceof EvalResult.Value value) {
            return value.value() + ": " + value.type();
        }
        if (result instanceof EvalResult.Failed failed) {
            return "thrown " + failed.thrown();
        }
        if (result instanceof EvalResult.Rejected rejected) {
            return rejected.diagnostics().stream()
                    .map(it -> it.line() + ":" + it.column() + " " + it.message())
                    .collect(Collectors.joining("; "));
        }
        return result instanceof EvalResult.NoValue ? "nothing" : "incomplete";
    }

    private static final class Context implements ReplContext {
        @Override
        public Map<String, Object> bindings() {
            return Map.of("numbers", List.of(1, 2, 3));
        }

        @Override
        public List<ReplCommand> commands() {
            return List.of();
        }

        @Override
        public ClassLoader classLoader() {
            return SnippetProgram.class.getClassLoader();
        }

        @Override
        public void warn(String message) {
            System.out.println("warned: " + message);
        }
    }
}
