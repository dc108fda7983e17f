package io.manhole;

import io.manhole.repl.Completion;
import io.manhole.repl.Diagnostic;
import io.manhole.repl.EvalResult;
import io.manhole.repl.SymbolInfo;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/**
 * One session's JShell, which parses and compiles, and runs nothing. Confined to the compiler's thread: an interrupt would
 * close the jars that the compiler reads.
 */
final class JavaCompiling implements AutoCloseable {

    /** What the {@code jshell} tool imports by default. */
    private static final List<String> IMPORTS = List.of(
            "java.io",
            "java.math",
            "java.net",
            "java.nio.file",
            "java.util",
            "java.util.concurrent",
            "java.util.function",
            "java.util.prefs",
            "java.util.regex",
            "java.util.stream");

    private static final String RESULT = "res";
    private static final Pattern RESULT_MENTIONED = Pattern.compile("\\bres\\b");

    /**
     * What is to be run.
     *
     * @param invoked names of classes, in order
     * @param result whether the last of them gives the text's value
     * @param type the value's static type
     * @param before what to do before
     * @param declared what to take back if it fails
     * @param overwritten what to bring back if it fails
     */
    record Compiled(
            List<String> invoked,
            boolean result,
            @Nullable String type,
            List<Assignment> before,
            List<Snippet> declared,
            List<Overwritten> overwritten) {}

    /** A static field to be given a value. */
    record Assignment(
            String className, String field, @Nullable Object value) {}

    /** A declaration that was replaced, the number in its classes' names, and for a variable the class that holds its value. */
    record Overwritten(
            Snippet snippet, String number, @Nullable String className) {}

    /** The text is not to be run, because of this. */
    static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // it goes no further than the session
        private final EvalResult result;

        Refused(EvalResult result) {
            super(null, null, false, false);
            this.result = result;
        }

        EvalResult result() {
            return result;
        }
    }

    /** The value of the last text that had one. Not a record: it is compared without asking the value. */
    static final class Result {

        private final @Nullable Object value;
        private final @Nullable String type;

        Result(@Nullable Object value, @Nullable String type) {
            this.value = value;
            this.type = type;
        }
    }

    private final SnippetLoader loader;
    private final Consumer<String> warn;
    private final SnippetExecution execution;
    private final SnippetFiles files;
    private final JShell shell;
    private final SourceCodeAnalysis analysis;
    private final Map<String, String> numbers = new HashMap<>(); // by the snippet's id: the one in its classes' names
    private final Map<String, SnippetLines> places = new HashMap<>(); // by that number
    private final Map<String, String> variables = new HashMap<>(); // by name: the class that holds the value
    private int texts;
    private boolean resultIsHidden;
    private @Nullable Result declaredResult;
    private @Nullable Snippet resultSnippet;

    JavaCompiling(SnippetLoader loader, ClassLoader application, Consumer<String> warn) {
        this.loader = loader;
        this.warn = warn;
        execution = new SnippetExecution(loader);
        List<SnippetFiles> created = new ArrayList<>();
        shell = JShell.builder()
                .fileManager(standard -> {
                    SnippetFiles made = new SnippetFiles(standard, application);
                    created.add(made);
                    return made;
                })
                .executionEngine(new Provider(execution), Map.of())
                .build();
        files = created.get(0);
        analysis = shell.sourceCodeAnalysis();
    }

    /** Makes names known: of the class with the session's objects and commands, and of the JDK. */
    void begin(SnippetBindings bindings) {
        bindings.declare(files, loader);
        resultIsHidden = bindings.isDeclared(RESULT);
        for (String each : IMPORTS) {
            shell.eval("import " + each + ".*;"); // what a JDK without that package refuses, nobody misses
        }
        shell.eval("import static " + SnippetBindings.CLASS + ".*;");
    }

    /**
     * Compiles all of a text, or nothing.
     *
     * @param last what {@code res} stands for; null when there was no result yet
     */
    Compiled compile(String text, @Nullable Result last) throws Refused {
        SnippetText parts = SnippetText.of(text, analysis);
        if (!parts.isComplete()) {
            throw new Refused(new EvalResult.Incomplete());
        }
        texts++;
        List<Assignment> before = declareResult(text, last);
        Work work = new Work(parts);
        Deque<SnippetText.Unit> units = new ArrayDeque<>(parts.units());
        while (!units.isEmpty()) {
            SnippetText.Unit unit = units.removeFirst();
            List<Diagnostic> errors = work.declare(unit);
            if (!errors.isEmpty()) {
                List<SnippetText.Unit> divided = work.divide(unit);
                if (divided.isEmpty()) {
                    undo(work.compiled(before));
                    throw new Refused(new EvalResult.Rejected(errors));
                }
                units.addFirst(divided.get(1));
                units.addFirst(divided.get(0));
            }
        }
        work.warnOfMissing();
        return work.compiled(before);
    }

    /** A text on its way through JShell. */
    private final class Work {

        private final SnippetText text;
        private final List<String> invoked = new ArrayList<>();
        private final List<Snippet> declared = new ArrayList<>();
        private final List<Overwritten> overwritten = new ArrayList<>();
        private @Nullable Snippet latest;

        Work(SnippetText text) {
            this.text = text;
        }

        /** One unit; what is wrong with it, if anything. */
        List<Diagnostic> declare(SnippetText.Unit unit) {
            List<SnippetEvent> events = shell.eval(unit.source());
            List<Overwritten> replaced = overwritten(events);
            overwritten.addAll(replaced);
            Map<String, byte[]> loaded = execution.takeLoaded();
            Iterator<String> invocations = execution.takeInvoked().iterator();
            for (SnippetEvent event : events) {
                if (event.causeSnippet() != null) {
                    continue;
                }
                Snippet snippet = event.snippet();
                declared.add(snippet);
                latest = snippet;
                if (!event.status().isDefined()) {
                    return errors(unit, snippet);
                }
                boolean isRun = snippet.subKind().isExecutable() && invocations.hasNext();
                @Nullable String className = isRun ? invocations.next() : null;
                if (className != null) {
                    invoked.add(className);
                }
                SnippetLines lines = SnippetLines.of(snippet, texts, text.line(unit.offset()) - 1);
                remember(snippet, lines, className, replaced, loaded);
            }
            tellSources(loaded);
            return List.of();
        }

        private List<Overwritten> overwritten(List<SnippetEvent> events) {
            List<Overwritten> found = new ArrayList<>();
            for (SnippetEvent event : events) {
                if (event.causeSnippet() != null && event.status() == Snippet.Status.OVERWRITTEN) {
                    String number = numbers.getOrDefault(event.snippet().id(), "");
                    found.add(new Overwritten(event.snippet(), number, variables.get(name(event.snippet()))));
                }
            }
            return found;
        }

        /** The unit that was refused last, as two, if all it lacks is a semicolon at a line's end. */
        List<SnippetText.Unit> divide(SnippetText.Unit unit) {
            Snippet refused = Objects.requireNonNull(latest);
            for (Diag error : shell.diagnostics(refused).toList()) {
                if (error.getCode().startsWith("compiler.err.expected")) {
                    List<SnippetText.Unit> divided = SnippetText.divide(unit, (int) error.getPosition(), analysis);
                    if (!divided.isEmpty()) {
                        declared.remove(refused);
                    }
                    return divided;
                }
            }
            return List.of();
        }

        private List<Diagnostic> errors(SnippetText.Unit unit, Snippet snippet) {
            List<Diagnostic> errors = new ArrayList<>();
            shell.diagnostics(snippet).filter(Diag::isError).forEach(error -> {
                int offset = unit.offset() + (int) Math.max(0, error.getStartPosition());
                errors.add(diagnostic(message(error), offset));
            });
            if (errors.isEmpty() && snippet instanceof DeclarationSnippet declaration) {
                shell.unresolvedDependencies(declaration)
                        .forEach(missing -> errors.add(diagnostic("cannot find " + missing, unit.offset())));
            }
            if (errors.isEmpty()) {
                errors.add(diagnostic("this is not Java that can be compiled", unit.offset()));
            }
            errors.sort(Comparator.comparingInt(Diagnostic::line).thenComparingInt(Diagnostic::column));
            return errors;
        }

        private Diagnostic diagnostic(String message, int offset) {
            return new Diagnostic(Diagnostic.Severity.ERROR, message, text.line(offset), text.column(offset));
        }

        /** JShell lets a method refer to what is to be declared later. */
        void warnOfMissing() {
            for (Snippet snippet : declared) {
                if (shell.status(snippet) == Snippet.Status.RECOVERABLE_DEFINED
                        && snippet instanceof DeclarationSnippet declaration) {
                    String missing = String.join(
                            ", ", shell.unresolvedDependencies(declaration).toList());
                    warn.accept(declaration.name() + " can be used once this is declared: " + missing);
                }
            }
        }

        Compiled compiled(List<Assignment> before) {
            Snippet snippet = latest;
            @Nullable String type = null;
            boolean hasResult = false;
            if (snippet instanceof ExpressionSnippet expression) {
                hasResult = true;
                type = expression.typeName();
            } else if (snippet instanceof VarSnippet variable
                    && variable.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND) {
                hasResult = true;
                type = variable.typeName();
            }
            return new Compiled(
                    List.copyOf(invoked), hasResult, type, before, List.copyOf(declared), List.copyOf(overwritten));
        }
    }

    private static String name(Snippet snippet) {
        return snippet instanceof VarSnippet variable ? variable.name() : "";
    }

    /** The first line says what, the second most often of which name; where it was looked for is not the user's business. */
    private static String message(Diag error) {
        StringBuilder text = new StringBuilder();
        for (String line : error.getMessage(Locale.getDefault()).split("\\R")) {
            String part = line.strip().replaceAll("\\s+", " ");
            if (part.startsWith("location:") || part.isEmpty()) {
                continue;
            }
            text.append(text.length() == 0 ? "" : ", ").append(part);
        }
        return text.toString();
    }

    /** Keeps where a snippet comes from, by the number that JShell gave it: the names of its classes have it. */
    private void remember(
            Snippet snippet,
            SnippetLines lines,
            @Nullable String className,
            List<Overwritten> replaced,
            Map<String, byte[]> loaded) {
        String number = "";
        if (className != null) {
            number = SnippetLines.number(className);
        } else if (!replaced.isEmpty()) {
            number = replaced.get(0).number();
        } else {
            for (String name : loaded.keySet()) {
                if (!places.containsKey(SnippetLines.number(name))) {
                    number = SnippetLines.number(name);
                }
            }
        }
        numbers.put(snippet.id(), number);
        places.put(number, lines);
        if (className != null && snippet instanceof VarSnippet variable) {
            variables.put(variable.name(), className);
        }
    }

    /**
     * Says of new classes where they come from. Those of earlier snippets, made anew because of what they depend on, come from
     * where they did.
     */
    private void tellSources(Map<String, byte[]> loaded) {
        loaded.forEach((name, bytes) -> {
            SnippetLines lines = places.getOrDefault(SnippetLines.number(name), new SnippetLines(texts, 0, 1, 1));
            byte[] wrapper = loaded.getOrDefault(SnippetLines.wrapper(name), bytes);
            loader.setSource(name, lines.source(firstLine(wrapper)));
        });
    }

    private static int firstLine(byte[] bytes) {
        try {
            return new SnippetClassFile(bytes).firstLine();
        } catch (IOException e) {
            return 0; // its lines will be wrong
        }
    }

    /** Takes back a text's declarations and brings back those that they replaced, as if it had never been. */
    void undo(Compiled compiled) {
        declaredResult = null;
        List<Snippet> reversed = new ArrayList<>(compiled.declared());
        Collections.reverse(reversed);
        for (Snippet snippet : reversed) {
            if (shell.status(snippet).isActive()) {
                shell.drop(snippet);
            }
        }
        for (Overwritten each : compiled.overwritten()) {
            if (!compiled.declared().contains(each.snippet())) {
                restore(each);
            }
        }
    }

    private void restore(Overwritten overwritten) {
        List<SnippetEvent> events = shell.eval(overwritten.snippet().source());
        List<String> invocations = execution.takeInvoked();
        Map<String, byte[]> loaded = execution.takeLoaded();
        SnippetLines lines = places.getOrDefault(overwritten.number(), new SnippetLines(texts, 0, 1, 1));
        for (SnippetEvent event : events) {
            if (event.causeSnippet() == null && event.status().isDefined()) {
                @Nullable String newClass = invocations.size() == 1 ? invocations.get(0) : null;
                remember(event.snippet(), lines, newClass, List.of(overwritten), loaded);
                if (newClass != null && overwritten.className() != null) {
                    copy(name(event.snippet()), overwritten.className(), newClass);
                }
            }
        }
        tellSources(loaded);
    }

    private void copy(String variable, String from, String to) {
        try {
            Field value = field(loader, from, variable);
            field(loader, to, variable).set(null, value.get(null));
        } catch (ReflectiveOperationException | IllegalArgumentException | LinkageError e) {
            warn.accept(variable + " has lost its value: " + e);
        }
    }

    static Field field(SnippetLoader loader, String className, String name) throws ReflectiveOperationException {
        Field field = Class.forName(className, true, loader).getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** Declares {@code res}, but only for a text that uses it, as it costs a compilation. */
    private List<Assignment> declareResult(String text, @Nullable Result last) {
        if (last == null || resultIsHidden || !RESULT_MENTIONED.matcher(text).find()) {
            return List.of();
        }
        Snippet ours = resultSnippet;
        if (shell.variables().anyMatch(each -> each.name().equals(RESULT) && each != ours)) {
            return List.of(); // the user's own
        }
        if (declaredResult == last) {
            return List.of();
        }
        for (String type : List.of(last.type == null ? NamedTypes.OBJECT : last.type, NamedTypes.OBJECT)) {
            List<SnippetEvent> events = shell.eval(type + " " + RESULT + " = " + initial(type) + ";");
            List<String> invocations = execution.takeInvoked();
            tellSources(execution.takeLoaded());
            if (!invocations.isEmpty()) {
                resultSnippet = events.get(0).snippet();
                declaredResult = last;
                return List.of(new Assignment(invocations.get(0), RESULT, last.value));
            }
            events.forEach(event -> shell.drop(event.snippet()));
        }
        return List.of();
    }

    private static String initial(String type) {
        return switch (type) {
            case "boolean" -> "false";
            case "byte", "short", "char", "int", "long", "float", "double" -> "0";
            default -> "null";
        };
    }

    boolean isComplete(String text) {
        return SnippetText.of(text, analysis).isComplete();
    }

    List<Completion> complete(String text, int cursor) {
        int from = beginOfUnit(text, cursor);
        String code = text.substring(from, cursor);
        int[] anchor = {-1};
        Map<String, Completion> found = new LinkedHashMap<>();
        List<SourceCodeAnalysis.Suggestion> suggestions =
                new ArrayList<>(analysis.completionSuggestions(code, code.length(), anchor));
        if (anchor[0] < 0 || !code.substring(anchor[0]).chars().allMatch(Character::isJavaIdentifierPart)) {
            return List.of();
        }
        suggestions.sort(Comparator.comparing(each -> !each.matchesType()));
        for (SourceCodeAnalysis.Suggestion suggestion : suggestions) {
            Completion completion = completion(suggestion.continuation(), from + anchor[0]);
            if (!completion.candidate().startsWith(SnippetBindings.HIDDEN)) {
                found.putIfAbsent(completion.candidate(), completion);
            }
        }
        return List.copyOf(found.values());
    }

    /** What the name at the cursor is; null if it is none. */
    @Nullable
    SymbolInfo lookup(String text, int cursor) {
        int from = beginOfUnit(text, cursor);
        return new JavaLookup(analysis).lookup(text.substring(from), cursor - from);
    }

    /** Where the statement or expression begins that the cursor is in. */
    private int beginOfUnit(String text, int cursor) {
        SnippetText parts = SnippetText.of(text.substring(0, cursor), analysis);
        List<SnippetText.Unit> units = parts.units();
        if (parts.rest() < cursor || units.isEmpty()) {
            return Math.min(parts.rest(), cursor);
        }
        return units.get(units.size() - 1).offset(); // what is complete may be gone on with
    }

    private static Completion completion(String continuation, int start) {
        int parenthesis = continuation.indexOf('(');
        if (parenthesis > 0) {
            return new Completion(continuation.substring(0, parenthesis), "function", null, start);
        }
        String name = continuation.strip();
        String kind = javax.lang.model.SourceVersion.isKeyword(name)
                ? "keyword"
                : !name.isEmpty() && Character.isUpperCase(name.charAt(0)) ? "class" : "property";
        return new Completion(name, kind, null, start);
    }

    /** Closes JShell and the jars that the compiler has opened. */
    @Override
    public void close() throws IOException {
        shell.close();
        files.close();
    }

    private record Provider(SnippetExecution execution) implements ExecutionControlProvider {
        @Override
        public String name() {
            return "manhole";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
            return execution;
        }
    }
}
