package io.manhole;

import io.manhole.repl.ReplCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The functions that every prompt has. Made when a session opens; each acts for the session that calls it. */
final class Commands {

    /** What a command has to say. */
    private interface Report {
        String of(List<@Nullable Object> arguments) throws InterruptedException;
    }

    private final Manhole manhole;
    private final LoaderSwitch loaders;
    private final List<ReplCommand> commands = new ArrayList<>();

    private Commands(Manhole manhole, LoaderSwitch loaders) {
        this.manhole = manhole;
        this.loaders = loaders;
    }

    static List<ReplCommand> all(Manhole manhole, LoaderSwitch loaders) {
        return new Commands(manhole, loaders).list();
    }

    private List<ReplCommand> list() {
        add("help", "lists these commands", arguments -> help());
        add(
                "show",
                "all of a value: fields, private ones too; elements, as a table; bytes; a trace. Reads lazy collections",
                arguments -> ShownValue.of(arguments.get(0), Session::isStopped),
                new ReplCommand.Parameter("value", Object.class));
        add(
                "dumpStackTraces",
                "shows where every thread stands, the virtual ones too",
                arguments -> StackDump.captureWithVirtualThreads().toString());
        add("threads", "the busiest threads: CPU and allocation over 200 ms", arguments -> BusyThreads.report());
        add("deadlocks", "threads that wait for each other, and where", arguments -> StackDump.deadlocks());
        add(
                "heapHistogram",
                "the classes with the most bytes, garbage included; stops the application while the heap is walked, about"
                        + " 40 ms a million objects",
                arguments -> HeapHistogram.report((int) arguments.get(0)),
                new ReplCommand.Parameter("count", int.class));
        add("gc", "asks for a full garbage collection, which stops the application", arguments -> GcReport.collect());
        add("vm", "this process: version, flags, memory, collections, class path, descriptors", a -> VmReport.report());
        add(
                "sessions",
                "who is connected, and what they are evaluating",
                arguments -> sessions().table());
        add(
                "kick",
                "ends connection n of sessions(), and what it evaluates",
                arguments -> sessions().kick((long) arguments.get(0)),
                new ReplCommand.Parameter("connection", long.class));
        add(
                "mirrorOutput",
                "true: show here what the application prints as well; false: no more",
                arguments -> mirrorOutput((boolean) arguments.get(0)),
                new ReplCommand.Parameter("on", boolean.class));
        add("loaders", "the class loaders of this process, and who uses them", arguments -> loaders.table());
        add(
                "useLoader",
                "looks for classes in another loader: n of loaders(), or that of an object, class or thread",
                arguments -> loaders.use(arguments.get(0)),
                new ReplCommand.Parameter("loader", Object.class));
        commands.add(new ReplCommand("exit", List.of(), "ends this session; the application goes on", a -> exit()));
        commands.add(new ReplCommand("quit", List.of(), "the same as exit()", arguments -> exit()));
        return List.copyOf(commands);
    }

    private static String mirrorOutput(boolean on) {
        Session session = Session.current();
        if (session == null) {
            return "only the thread that evaluates may ask for that\n";
        }
        session.mirrorOutput(on);
        return "";
    }

    private SessionList sessions() {
        return new SessionList(manhole);
    }

    private void add(String name, String description, Report report, ReplCommand.Parameter... parameters) {
        commands.add(new ReplCommand(
                name, List.of(parameters), description, arguments -> System.out.print(text(report, arguments))));
    }

    /** One line in place of a trace where the runtime lacks a module that the report is made from. */
    private static String text(Report report, List<@Nullable Object> arguments) {
        try {
            return report.of(arguments);
        } catch (InterruptedException e) {
            throw new CancellationException("interrupted");
        } catch (LinkageError e) {
            return "not possible in this Java runtime, which lacks the module java.management or jdk.management: "
                    + Printable.line(String.valueOf(e.getMessage()), 200) + "\n";
        }
    }

    private String help() {
        StringBuilder text = new StringBuilder();
        for (ReplCommand command : commands) {
            text.append(String.format(Locale.ROOT, "%-22s %s\n", signature(command), wrapped(command.description())));
        }
        return text.toString();
    }

    private static String wrapped(String description) {
        int end = description.lastIndexOf(' ', 90);
        return description.length() <= 90
                ? description
                : description.substring(0, end) + "\n" + " ".repeat(23) + description.substring(end + 1);
    }

    static String signature(ReplCommand command) {
        return command.parameters().stream()
                .map(ReplCommand.Parameter::name)
                .collect(Collectors.joining(", ", command.name() + "(", ")"));
    }

    private static void exit() {
        throw new ExitSignal();
    }
}
