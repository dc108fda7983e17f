package io.manhole;

import io.manhole.repl.ReplCommand;
import java.util.List;
import java.util.Locale;

/** The functions that every prompt has. */
final class Commands {

    private Commands() {}

    static List<ReplCommand> all() {
        return List.of(
                new ReplCommand("help", List.of(), "lists these commands", arguments -> System.out.print(help())),
                new ReplCommand(
                        "dumpStackTraces",
                        List.of(),
                        "shows where every thread stands",
                        arguments -> System.out.print(StackDump.capture())),
                new ReplCommand("exit", List.of(), "ends this session; the application goes on", arguments -> exit()),
                new ReplCommand("quit", List.of(), "the same as exit()", arguments -> exit()));
    }

    private static String help() {
        StringBuilder text = new StringBuilder();
        for (ReplCommand command : all()) {
            text.append(String.format(Locale.ROOT, "%-20s %s\n", command.name() + "()", command.description()));
        }
        return text.toString();
    }

    private static void exit() {
        throw new ExitSignal();
    }
}
