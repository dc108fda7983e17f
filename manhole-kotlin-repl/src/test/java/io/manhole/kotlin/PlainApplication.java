package io.manhole.kotlin;

import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** An application written in Java, started by the specs: evaluates its arguments, and prints what comes of each on a line. */
public final class PlainApplication {

    private PlainApplication() {}

    /** Evaluates the arguments. */
    public static void main(String[] arguments) throws Exception {
        ReplContext context = new ReplContext() {
            @Override
            public Map<String, Object> bindings() {
                return Map.of();
            }

            @Override
            public List<ReplCommand> commands() {
                return List.of();
            }

            @Override
            public ClassLoader classLoader() {
                return PlainApplication.class.getClassLoader();
            }

            @Override
            public void warn(String message) {
                System.out.println("warned: " + message);
            }
        };
        ReplProvider provider =
                ServiceLoader.load(ReplProvider.class).findFirst().orElseThrow();
        try (Repl repl = provider.open(context)) {
            for (String text : arguments) {
                System.out.println(answer(repl.eval(text)));
            }
        }
    }

    private static String answer(EvalResult result) {
        if (result instanceof EvalResult.Value value) {
            return String.valueOf(value.value());
        }
        if (result instanceof EvalResult.Failed failed) {
            return "thrown " + failed.thrown();
        }
        if (result instanceof EvalResult.Rejected rejected) {
            return "rejected " + rejected.diagnostics().get(0).message();
        }
        return "nothing";
    }
}
