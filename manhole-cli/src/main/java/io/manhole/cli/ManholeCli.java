package io.manhole.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
            "",
            "Exit status: 0 all is well, 1 the code failed, 2 wrong usage, 5 no connection, 6 refused, "
                    + "130 the evaluation was interrupted."
        })
final class ManholeCli implements Callable<Integer> {

    private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);

    @Parameters(
            paramLabel = "PID|PATH",
            description = "The process, whose socket is /tmp/manhole-PID, or the path of a socket.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    private String target;

    @Option(
            names = "-e",
            paramLabel = "CODE",
            description = "Evaluate this and end. May be given several times: all in one session, up to the first that"
                    + " fails.")
    private List<String> expressions = new ArrayList<>();

    @Option(
            names = "-t",
            paramLabel = "SECONDS",
            defaultValue = "1",
            converter = SecondsConverter.class,
            description = "How long to go on trying to connect (default: ${DEFAULT-VALUE}; 0: try once).")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it has a default
    private Duration patience;

    @Option(
            names = {"-q", "--quiet"},
            description = "No stack dump before the prompt.")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and end.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

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
        CommandLine commandLine = new CommandLine(new ManholeCli(terminals, output))
                .setExpandAtFiles(false) // code may begin with @
                .setAllowOptionsAsOptionParameters(true) // or look like an option
                .setParameterExceptionHandler((e, given) -> explainUsage(e, output))
                .setExecutionExceptionHandler((e, command, parsed) -> explain(e, output));
        System.exit(commandLine.execute(arguments));
    }

    @Override
    public Integer call() throws ClientException, IOException, InterruptedException {
        User self = TargetProcess.self().user();
        Connector connector = new Connector(Target.parse(target), self, patience, HANDSHAKE_LIMIT);
        try (Session session = connector.connect()) {
            if (expressions.isEmpty() && terminals.interactive()) {
                return InteractivePrompt.run(session, output, self, quiet);
            }
            BatchRun run = new BatchRun(session, output, LineSource.of(System.in));
            return expressions.isEmpty() ? run.evaluateLines() : run.evaluate(expressions);
        }
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
