package io.manhole.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The command {@code manhole-cli}. */
@Command(
        name = "manhole-cli",
        mixinStandardHelpOptions = false,
        versionProvider = VersionFile.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "",
            "Opens a shell in a running JVM that has a manhole.",
            "",
            "At a terminal there is a prompt: Ctrl-C interrupts the evaluation or clears the line, Ctrl-D leaves. "
                    + "With -e or piped standard input the code is evaluated and the command ends; standard output then "
                    + "carries what the code printed and its values, standard error its errors.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  manhole-cli 1234",
            "  manhole-cli /run/app/manhole -e 'orders.size'",
            "  echo 'orders.size' | manhole-cli 1234",
            "  manhole-cli -1 1234             opens a dormant manhole with SIGUSR1 first",
            "  manhole-cli ls                  lists your manholes (--help: more of it)",
            "  . <(manhole-cli --completion bash)",
            "",
            "Exit status: 0 all is well, 1 the code failed, 2 wrong usage, 5 no connection, 6 refused, "
                    + "130 the evaluation was interrupted."
        })
final class ManholeCli implements Callable<Integer> {

    private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);

    @Parameters(
            paramLabel = "PID|PATH",
            description = "The process, whose socket is /tmp/manhole-PID or found by itself, or the path of a socket.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    private String target;

    @Option(
            names = "-e",
            paramLabel = "CODE",
            converter = BatchText.OfCode.class,
            description = "Evaluate this and end. May be given several times: all in one session, up to the first that"
                    + " fails.")
    private List<BatchText> expressions = new ArrayList<>();

    @Option(
            names = "-f",
            paramLabel = "FILE",
            converter = BatchText.OfFile.class,
            description = "Evaluate the text in this file, as -e does; both may be given, and keep their order.")
    private List<BatchText> files = new ArrayList<>();

    @Option(
            names = "--json",
            description = "One JSON object in a line for each evaluation: outcome, value, type, out, err, exception.")
    private boolean json;

    @Option(
            names = "--raw",
            description =
                    "Leave control characters in output as they are at a terminal, too, where they may do anything.")
    private boolean raw;

    @Option(
            names = "-t",
            paramLabel = "SECONDS",
            converter = SecondsConverter.class,
            description =
                    "How long to go on trying to connect (default: 1, and 10 once something was woken; 0: try once).")
    private @Nullable Duration patience;

    @Mixin
    private WakingOptions waking = new WakingOptions();

    @Option(
            names = {"-q", "--quiet"},
            description = "No stack dump before the prompt.")
    private boolean quiet;

    @Option(
            names = "--keep",
            paramLabel = "SECONDS",
            converter = SecondsConverter.class,
            description =
                    "When the connection ends, the session and what it evaluates stay for so long, if the server lets"
                            + " them; by default they end.")
    private @Nullable Duration keep;

    @Option(names = "--attach-session", paramLabel = "ID", description = "Go back to a session that stayed.")
    private @Nullable String attachSession;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private HelpOption help = new HelpOption();

    @Option(names = "--version", versionHelp = true, description = "Show the version and end.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean version;

    private final Terminals terminals;
    private final Output output;

    private ManholeCli(Terminals terminals, Output output) {
        this.terminals = terminals;
        this.output = output;
    }

    /** Started by the script in front of the jar. */
    public static void main(String[] arguments) {
        Terminals terminals = Terminals.detect();
        Output output = Output.standard(terminals);
        ManholeCli client = new ManholeCli(terminals, output);
        String first = arguments.length == 0 ? "" : arguments[0];
        Callable<Integer> chosen = switch (first) {
            case "ls" -> new ManholeList(output);
            case "--completion" -> new ShellCompletion(new CommandLine(client).getCommandSpec(), output);
            default -> client;
        };
        CommandLine commandLine = new CommandLine(chosen)
                .setExpandAtFiles(false) // code may begin with @
                .setAllowOptionsAsOptionParameters(true) // or look like an option
                .setParameterExceptionHandler((e, given) -> explainUsage(e, output))
                .setExecutionExceptionHandler((e, command, parsed) -> explain(e, output));
        int skipped = chosen == client ? 0 : 1;
        System.exit(commandLine.execute(Arrays.copyOfRange(arguments, skipped, arguments.length)));
    }

    @Override
    public Integer call() throws ClientException, IOException, InterruptedException {
        output.leaveRaw(raw);
        User self = TargetProcess.self().user();
        Target found = Target.parse(target);
        List<BatchText> texts = new ArrayList<>(expressions);
        texts.addAll(files);
        Collections.sort(texts);
        SessionChoice choice = new SessionChoice(attachSession, keep);
        Connector connector = new Connector(
                found, self, choice, waking.forTarget(found, self), waking.patience(patience), HANDSHAKE_LIMIT);
        try (Session session = connector.connect()) {
            int exitStatus = talk(session, self, texts);
            String wayBack = session.wayBack();
            if (wayBack != null) {
                output.message(wayBack);
            }
            return exitStatus;
        }
    }

    private int talk(Session session, User self, List<BatchText> texts) throws IOException, InterruptedException {
        if (texts.isEmpty() && terminals.interactive() && !json) {
            return InteractivePrompt.run(session, output, self, quiet);
        }
        ResultView view = json ? new JsonView(output) : new TextView(output);
        BatchRun run = new BatchRun(session, output, view, LineSource.of(System.in));
        return texts.isEmpty() ? run.evaluateLines() : run.evaluate(texts);
    }

    private static int explainUsage(ParameterException e, Output output) throws IOException {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
        output.message(message + " (manhole-cli --help shows what there is)");
        return ExitStatus.USAGE;
    }

    /** Whatever goes wrong is one line; only a defect of ours shows where it happened. */
    private static int explain(Exception e, Output output) throws IOException {
        if (e instanceof Output.OutputException failure) {
            if (!failure.readerHasGone()) {
                output.message("cannot write the output: " + failure.getMessage());
            }
            return ExitStatus.FAILED;
        }
        output.message(explanation(e));
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
