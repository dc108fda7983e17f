package io.manhole;

import io.manhole.repl.ReplCommand;
import io.manhole.repl.ReplContext;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.lang.model.SourceVersion;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The class through which evaluated Java reaches the application's objects and the commands: a static field for each object,
 * of the nearest type that compiles, and a static method for each command. Snippets import them all, so that a declaration of
 * the user's with the same name is preferred.
 */
final class SnippetBindings {

    static final String CLASS = "manhole.Bindings";

    /** How names begin that are not for the user. */
    static final String HIDDEN = "$manhole";

    private static final int MAX_ATTEMPTS = 200;

    private final ReplContext context;
    private final Map<String, String> names = new LinkedHashMap<>(); // in Java, by the application's name
    private final Map<String, Deque<String>> types = new LinkedHashMap<>(); // by the name in Java, nearest first
    private final List<ReplCommand> commands;

    /** Chooses names, and warns of those that are not what they seem. */
    SnippetBindings(ReplContext context) {
        this.context = context;
        commands = new ArrayList<>(context.commands());
        Map<String, @Nullable Object> bindings = context.bindings();
        NamedTypes named = new NamedTypes(context.classLoader());
        Set<String> taken = new HashSet<>(bindings.keySet());
        bindings.forEach((name, value) -> {
            String inJava = name;
            while (SourceVersion.isKeyword(inJava) || (!inJava.equals(name) && !taken.add(inJava))) {
                inJava += "_";
            }
            names.put(name, inJava);
            types.put(inJava, new ArrayDeque<>(named.candidates(value)));
            warn(name, inJava);
        });
    }

    private void warn(String name, String inJava) {
        if (!inJava.equals(name)) {
            context.warn("the binding '" + name + "' is called " + inJava + " here: " + name + " is a keyword of Java");
        }
        if (context.commands().stream().anyMatch(command -> command.name().equals(name))) {
            context.warn("the binding '" + name + "' has the name of a command: " + name + " is the binding, " + name
                    + "() the command");
        }
        if (isJavaType(name)) {
            context.warn("the binding '" + name + "' hides Java's own " + name);
        }
        if (isPackage(name)) {
            context.warn("the binding '" + name + "' hides the package " + name);
        }
    }

    private static boolean isJavaType(String name) {
        for (String packageName : List.of("java.lang.", "java.util.", "java.io.", "java.math.", "java.net.")) {
            try {
                Class.forName(packageName + name, false, null);
                return true;
            } catch (ClassNotFoundException | LinkageError e) {
                // The next one.
            }
        }
        return false;
    }

    private static boolean isPackage(String name) {
        return ModuleLayer.boot().modules().stream()
                .flatMap(module -> module.getPackages().stream())
                .anyMatch(each -> each.startsWith(name + "."));
    }

    boolean isDeclared(String name) {
        return types.containsKey(name);
    }

    /** Compiles the class with as many attempts as it takes, defines it and gives its fields their values. */
    void declare(SnippetFiles files, SnippetLoader loader) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            List<String> lines = lines();
            Map<Integer, String> errors = compile(String.join("\n", lines), files);
            if (errors.isEmpty()) {
                break;
            }
            if (!drop(errors)) {
                dropAll(errors.values().iterator().next());
            }
        }
        files.compiled().forEach(loader::add);
        try {
            Class<?> bindings = Class.forName(CLASS, true, loader);
            bindings.getField(HIDDEN).set(null, (BiConsumer<String, Object[]>) this::run);
            Map<String, @Nullable Object> values = context.bindings();
            for (Map.Entry<String, String> name : names.entrySet()) {
                if (types.containsKey(name.getValue())) {
                    bindings.getField(name.getValue()).set(null, values.get(name.getKey()));
                }
            }
        } catch (ReflectiveOperationException | LinkageError e) {
            context.warn("the application's objects are not available here: " + e);
        }
    }

    /** Runs a command; what it throws comes out of it as it is. */
    private void run(String name, Object[] arguments) {
        for (ReplCommand command : context.commands()) {
            if (command.name().equals(name) && command.parameters().size() == arguments.length) {
                command.action().accept(Collections.unmodifiableList(Arrays.asList(arguments)));
                return;
            }
        }
        throw new IllegalArgumentException("no command " + name + " with " + arguments.length + " arguments");
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("package manhole; public final class Bindings { private Bindings() {}"
                + " public static java.util.function.BiConsumer<String, Object[]> " + HIDDEN + ";");
        types.forEach((name, candidates) -> lines.add("public static " + candidates.peekFirst() + " " + name + ";"));
        commands.forEach(command -> lines.add(method(command)));
        lines.add("}");
        return lines;
    }

    private static String method(ReplCommand command) {
        List<String> parameters = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        for (ReplCommand.Parameter parameter : command.parameters()) {
            parameters.add(parameter.type().getSimpleName() + " " + parameter.name());
            arguments.add(parameter.name());
        }
        return "public static void " + command.name() + "(" + String.join(", ", parameters) + ") { " + HIDDEN
                + ".accept(\"" + command.name() + "\", new Object[] {" + String.join(", ", arguments) + "}); }";
    }

    /** What is wrong, by the line's index; -1 for what has no line. */
    private static Map<Integer, String> compile(String source, SnippetFiles files) {
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("manhole:///manhole/Bindings.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        boolean compiled = compiler.getTask(null, files, diagnostics, List.of("-proc:none"), null, List.of(file))
                .call();
        Map<Integer, String> errors = new HashMap<>();
        for (Diagnostic<?> each : diagnostics.getDiagnostics()) {
            if (each.getKind() == Diagnostic.Kind.ERROR) {
                errors.putIfAbsent((int) each.getLineNumber() - 1, firstLine(each.getMessage(Locale.getDefault())));
            }
        }
        if (!compiled && errors.isEmpty()) {
            errors.put(-1, "the Java compiler failed");
        }
        return errors;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** Goes on to the next type of each name that has an error, or does without it; false if there is none such. */
    private boolean drop(Map<Integer, String> errors) {
        List<Runnable> changes = new ArrayList<>();
        int line = 1;
        for (Map.Entry<String, Deque<String>> each : types.entrySet()) {
            @Nullable String error = errors.get(line++);
            if (error != null) {
                changes.add(() -> nextType(each.getKey(), each.getValue(), error));
            }
        }
        for (ReplCommand command : List.copyOf(commands)) {
            @Nullable String error = errors.get(line++);
            if (error != null) {
                changes.add(() -> leave(command, error));
            }
        }
        changes.forEach(Runnable::run);
        return !changes.isEmpty();
    }

    private void nextType(String name, Deque<String> candidates, String error) {
        candidates.removeFirst();
        if (candidates.isEmpty()) {
            types.remove(name);
            unavailable(name, error);
        }
    }

    private void leave(ReplCommand command, String error) {
        commands.remove(command);
        unavailable(command.name() + "()", error);
    }

    private void dropAll(String error) {
        Collection<String> lost = new ArrayList<>(types.keySet());
        types.clear();
        lost.forEach(name -> unavailable(name, error));
        List.copyOf(commands).forEach(command -> leave(command, error));
    }

    private void unavailable(String name, String error) {
        Consumer<String> warn = Objects.requireNonNull(context)::warn;
        warn.accept("'" + name + "' is not available here: " + error);
    }
}
