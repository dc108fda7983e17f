package io.manhole.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** The command {@code manhole-cli --completion}: prints what makes a shell complete options and process ids. */
@Command(name = "manhole-cli --completion")
final class ShellCompletion implements Callable<Integer> {

    /** The shell itself passes the command, the word at the cursor, and the one before. */
    private static final String SCRIPT = """
            # Completion of manhole-cli, for bash and zsh.
            if [ -n "${ZSH_VERSION-}" ]; then
                autoload -U +X compinit && compinit
                autoload -U +X bashcompinit && bashcompinit
            fi
            _manhole_cli() {
                COMPREPLY=()
                case $3 in
                    -s) COMPREPLY=($(compgen -W "SIGNALS" -- "$2")); return ;;
                    WITH_VALUE) return ;;
                esac
                case $2 in
                    -*) COMPREPLY=($(compgen -W "OPTIONS" -- "$2")) ;;
                    */*) ;;
                    *) COMPREPLY=($(compgen -W "ls $("$1" ls 2>/dev/null | awk '$1 + 0 { print $1 }')" -- "$2")) ;;
                esac
            }
            complete -o default -F _manhole_cli manhole-cli
            """;

    @Parameters(paramLabel = "bash|zsh", description = "The shell.")
    @SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // picocli sets it, and refuses others
    private Shell shell;

    private final CommandSpec command;
    private final Output output;

    /** @param command whose options are completed */
    ShellCompletion(CommandSpec command, Output output) {
        this.command = command;
        this.output = output;
    }

    /** The same script serves both, but a user must not have to know that. */
    private enum Shell {
        bash,
        zsh
    }

    @Override
    public Integer call() throws IOException {
        List<OptionSpec> options = command.options();
        output.out(SCRIPT.replace(
                        "SIGNALS", Stream.of(Signal.values()).map(Signal::name).collect(Collectors.joining(" ")))
                .replace(
                        "WITH_VALUE",
                        names(options.stream().filter(option -> option.arity().max() > 0), "|"))
                .replace("OPTIONS", names(options.stream(), " ")));
        return ExitStatus.OK;
    }

    private static String names(Stream<OptionSpec> options, String delimiter) {
        return options.flatMap(option -> Stream.of(option.names())).collect(Collectors.joining(delimiter));
    }
}
