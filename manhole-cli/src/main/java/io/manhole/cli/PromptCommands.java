package io.manhole.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The prompt's own commands: lines that begin with a colon. Of the main thread. */
final class PromptCommands {

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final String KEYS = """
            Tab completes, Ctrl-R searches the history, Ctrl-C interrupts or clears the line, Ctrl-D leaves.
            help() lists what can be called in the session.
            """;

    /** Evaluates a text as if it had been typed; false when the session is over. */
    @FunctionalInterface
    interface Evaluator {
        boolean evaluate(String text) throws IOException;
    }

    /** Does what a command is for; false when the conversation is to end. */
    @FunctionalInterface
    private interface Action {
        boolean run(String argument) throws IOException, InterruptedException;
    }

    /** @param argument what must follow its name, or empty */
    private record Command(String argument, String description, Action action) {}

    private final Session session;
    private final Output output;
    private final Prompt prompt;
    private final PromptView view;
    private final Evaluator evaluator;
    private final Map<String, Command> commands = new LinkedHashMap<>();
    /** What was evaluated and did not fail, for {@code :save}. */
    private final List<String> succeeded = new ArrayList<>();

    PromptCommands(Session session, Output output, Prompt prompt, PromptView view, Evaluator evaluator) {
        this.session = session;
        this.output = output;
        this.prompt = prompt;
        this.view = view;
        this.evaluator = evaluator;
        add(":help", "", "lists these commands", argument -> help());
        add(":more", "", "shows what comes next of a long value", argument -> more());
        add(":threads", "", "the busiest threads, as threads() does", argument -> evaluator.evaluate("threads()"));
        add(":dump", "", "where every thread stands now", argument -> dump());
        add(":type", "EXPR", "the type of an expression, which is not evaluated", this::type);
        add(":doc", "NAME", "signature, type and documentation", this::doc);
        add(":load", "FILE", "evaluates the text in a file of this machine", this::load);
        add(":save", "FILE", "writes what was typed here and did not fail into a new file", this::save);
        add(":history", "", "what was typed, here and before", argument -> history());
        add(":reset", "", "a fresh session: what was declared is gone", argument -> reset());
        add(":quit", "", "leaves, as Ctrl-D does", argument -> false);
    }

    private void add(String name, String argument, String description, Action action) {
        commands.put(name, new Command(argument, description, action));
    }

    /** Whether a text is for us, and not the session. No language here has texts that begin with a colon. */
    static boolean isCommand(String text) {
        return text.startsWith(":");
    }

    List<String> names() {
        return List.copyOf(commands.keySet());
    }

    /** Notes what was evaluated. */
    void evaluated(String text, Outcome outcome) {
        if (outcome == Outcome.OK) {
            succeeded.add(text);
        }
    }

    /** Runs a command; false when the conversation is to end. */
    boolean run(String line) throws IOException {
        String[] words = line.strip().split("\\s+", 2);
        String argument = words.length > 1 ? words[1] : "";
        @Nullable Command command = commands.get(words[0]);
        if (command == null) {
            output.message("there is no command " + words[0] + "; :help lists them");
            return true;
        }
        if (command.argument().isEmpty() != argument.isEmpty()) {
            output.message("it is " + (words[0] + " " + command.argument()).strip() + ", got '" + line.strip() + "'");
            return true;
        }
        try {
            return command.action().run(argument);
        } catch (InterruptedException e) {
            return true; // Ctrl-C
        }
    }

    private boolean help() throws IOException {
        StringBuilder text = new StringBuilder();
        commands.forEach((name, command) -> text.append(String.format(
                Locale.ROOT, "%-12s %s%n", (name + " " + command.argument()).strip(), command.description())));
        output.out(text + KEYS);
        return true;
    }

    private boolean more() throws IOException {
        if (!view.more()) {
            output.message("there is nothing more to show");
        }
        return true;
    }

    private boolean dump() throws IOException, InterruptedException {
        String dump = session.dump(ANSWER_LIMIT);
        if (dump == null) {
            noAnswer("a dump");
        } else {
            view.page(dump.stripTrailing(), Colour.NONE);
        }
        return true;
    }

    /** The text declares a name and mentions it, and is only looked at. */
    private boolean type(String expression) throws IOException, InterruptedException {
        String text = Language.ofEngine(session.server().engine()).typeQuestion(expression);
        @Nullable Message info = session.lookup(text, text.length(), ANSWER_LIMIT);
        @Nullable String type = info == null ? null : info.text("manhole/type");
        if (info == null) {
            noAnswer("a type");
        } else if (type == null) {
            output.message("the " + session.server().engine() + " engine knows no type for '" + expression
                    + "'; evaluating it says more");
        } else {
            output.out(type + "\n");
        }
        return true;
    }

    private boolean doc(String name) throws IOException, InterruptedException {
        @Nullable Message info = session.lookup(name, name.length(), ANSWER_LIMIT);
        if (info == null) {
            noAnswer("documentation");
        } else if (info.text("name") == null) {
            output.message("nothing is known of '" + name + "'");
        } else {
            view.page(documentation(info), Colour.NONE);
        }
        return true;
    }

    private static String documentation(Message info) {
        StringBuilder text = new StringBuilder();
        String owner = info.text("ns");
        text.append(info.text("arglists-str")).append(owner == null ? "" : "\nin " + owner);
        String doc = info.text("doc");
        if (doc != null) {
            text.append("\n\n").append(doc.strip());
        }
        String file = info.text("file");
        if (file != null) {
            String line = info.text("line");
            text.append("\n\n").append(file).append(line == null ? "" : ":" + line);
        }
        return text.toString();
    }

    private boolean load(String name) throws IOException {
        String text;
        try {
            text = BatchText.read(path(name));
        } catch (IOException | InvalidPathException e) {
            output.message(String.valueOf(e.getMessage()));
            return true;
        }
        return evaluator.evaluate(text);
    }

    private boolean save(String name) throws IOException {
        if (succeeded.isEmpty()) {
            output.message("nothing to save: nothing was evaluated here without a failure");
            return true;
        }
        try {
            Path file = path(name);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            String text = String.join("\n", succeeded) + "\n";
            Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
            output.out("saved to " + file + "\n");
        } catch (FileAlreadyExistsException e) {
            output.message(name + " is there already, and is left as it is; give another name");
        } catch (IOException | InvalidPathException e) {
            output.message("cannot write " + name + ": " + e);
        }
        return true;
    }

    private static Path path(String name) {
        String home = System.getProperty("user.home");
        return name.startsWith("~/") && home != null ? Path.of(home, name.substring(2)) : Path.of(name);
    }

    private boolean history() throws IOException {
        view.page(String.join("\n", prompt.history()), Colour.NONE);
        return true;
    }

    private boolean reset() throws IOException, InterruptedException {
        if (session.reset(ANSWER_LIMIT)) {
            succeeded.clear();
            output.out("a fresh session\n");
        } else {
            noAnswer("a fresh session; the old one goes on");
        }
        return true;
    }

    private void noAnswer(String what) throws IOException {
        output.message("the server did not give " + what + " within " + ANSWER_LIMIT.toSeconds() + " s");
    }
}
