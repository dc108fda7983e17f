package io.manhole.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Option;

/** The command {@code manhole-cli}. */
final class ManholeCli {

    private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);

    // help.txt explains them.
    private static final Option CODE = Arguments.valued("e");
    private static final Option FILE = Arguments.valued("f");
    private static final Option JSON = Arguments.flag("json");
    private static final Option RAW = Arguments.flag("raw");
    private static final Option PATIENCE = Arguments.valued("t");
    private static final Option QUIET = Arguments.flag("q", "quiet");
    private static final Option KEEP = Arguments.valued("keep");
    private static final Option ATTACH_SESSION = Arguments.valued("attach-session");
    private static final Option VERSION = Arguments.flag("version");

    static final List<Option> OPTIONS = options();

    private final Terminals terminals;
    private final Output output;

    private ManholeCli(Terminals terminals, Output output) {
        this.terminals = terminals;
        this.output = output;
    }

    private static List<Option> options() {
        List<Option> options = new ArrayList<>(
                List.of(CODE, FILE, JSON, RAW, PATIENCE, QUIET, KEEP, ATTACH_SESSION, Arguments.HELP, VERSION));
        options.addAll(WakingOptions.ALL);
        return List.copyOf(options);
    }

    /** Started by the script in front of the jar. */
    public static void main(String[] arguments) {
        Terminals terminals = Terminals.detect();
        System.exit(new ManholeCli(terminals, Output.standard(terminals)).run(List.of(arguments)));
    }

    private int run(List<String> arguments) {
        try {
            return runCommand(arguments);
        } catch (Exception e) {
            return explain(e);
        }
    }

    private int runCommand(List<String> given) throws ClientException, IOException, InterruptedException {
        String first = given.isEmpty() ? "" : given.get(0);
        if (first.equals("ls")) {
            return new ManholeList(output).run(given.subList(1, given.size()));
        }
        if (first.equals("--completion")) {
            Arguments shell = Arguments.parse(given.subList(1, given.size()), List.of());
            output.out(ShellCompletion.script(shell.operand("bash or zsh"), OPTIONS));
            return ExitStatus.OK;
        }
        Arguments arguments = Arguments.parse(given, OPTIONS);
        if (arguments.has(Arguments.HELP)) {
            output.out(Resource.text("help.txt"));
            return ExitStatus.OK;
        }
        if (arguments.has(VERSION)) {
            output.out("manhole-cli " + Resource.text("version.txt"));
            return ExitStatus.OK;
        }
        return talk(arguments);
    }

    private int talk(Arguments arguments) throws ClientException, IOException, InterruptedException {
        output.leaveRaw(arguments.has(RAW));
        Target target = Target.parse(arguments.operand("PID|PATH"));
        User self = TargetProcess.self().user();
        // All before the first is evaluated: one may be a file that cannot be read.
        List<BatchText> texts = texts(arguments);
        WakingOptions waking = new WakingOptions(arguments);
        Connector connector = new Connector(
                target,
                self,
                new SessionChoice(arguments.value(ATTACH_SESSION), arguments.seconds(KEEP)),
                waking.forTarget(target, self),
                waking.patience(arguments.seconds(PATIENCE)),
                HANDSHAKE_LIMIT);
        try (Session session = connector.connect()) {
            int exitStatus = talk(session, self, texts, arguments);
            String wayBack = session.wayBack();
            if (wayBack != null) {
                output.message(wayBack);
            }
            return exitStatus;
        }
    }

    private static List<BatchText> texts(Arguments arguments) throws ClientException {
        List<BatchText> texts = new ArrayList<>();
        for (Option option : arguments.inOrder()) {
            if (option.equals(CODE)) {
                texts.add(BatchText.ofCode(option.getValue()));
            } else if (option.equals(FILE)) {
                texts.add(BatchText.ofFile(option.getValue()));
            }
        }
        return texts;
    }

    private int talk(Session session, User self, List<BatchText> texts, Arguments arguments)
            throws IOException, InterruptedException {
        boolean json = arguments.has(JSON);
        if (texts.isEmpty() && terminals.interactive() && !json) {
            return InteractivePrompt.run(session, output, self, arguments.has(QUIET));
        }
        ResultView view = json ? new JsonView(output) : new TextView(output);
        BatchRun run = new BatchRun(session, output, view, LineSource.of(System.in));
        return texts.isEmpty() ? run.evaluateLines() : run.evaluate(texts);
    }

    /** Whatever goes wrong is one line; only a defect of ours shows where it happened. */
    private int explain(Exception e) {
        try {
            if (e instanceof Output.OutputException failure) {
                if (!failure.readerHasGone()) {
                    output.message("cannot write the output: " + failure.getMessage());
                }
                return ExitStatus.FAILED;
            }
            output.message(explanation(e));
        } catch (IOException unwritable) {
            return ExitStatus.FAILED; // there is nowhere to say so
        }
        if (e instanceof ClientException failure) {
            return failure.exitStatus();
        }
        if (e instanceof RuntimeException) {
            e.printStackTrace();
        }
        return ExitStatus.NO_CONNECTION;
    }

    private static String explanation(Exception e) {
        String message = e instanceof ClientException || e instanceof IOException ? e.getMessage() : null;
        return message == null ? e.toString() : message;
    }
}
