package io.manhole.cli;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;

/** What {@code manhole-cli --completion} prints: it makes a shell complete options and process ids. */
final class ShellCompletion {

    /** The shell itself passes the command, the word at the cursor, and the one before. */
    private static final String SCRIPT = """
            # Completion of manhole-cli, for bash and zsh.
            if [ -n "${ZSH_VERSION-}" ]; then
                whence compdef >/dev/null || { autoload -U +X compinit && compinit; }
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

    private ShellCompletion() {}

    /**
     * The same for both shells, but a user must not have to know that.
     *
     * @param options those of the command that is completed
     */
    static String script(String shell, List<Option> options) throws ClientException {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw ClientException.usage("--completion is there for bash and zsh, not for '" + shell + "'");
        }
        return SCRIPT.replace(
                        "SIGNALS", Stream.of(Signal.values()).map(Signal::name).collect(Collectors.joining(" ")))
                .replace("WITH_VALUE", names(options.stream().filter(Option::hasArg), "|"))
                .replace("OPTIONS", names(options.stream(), " "));
    }

    private static String names(Stream<Option> options, String delimiter) {
        return options.flatMap(option -> Arguments.names(option).stream()).collect(Collectors.joining(delimiter));
    }
}
