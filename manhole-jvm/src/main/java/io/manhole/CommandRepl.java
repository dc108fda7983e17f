package io.manhole;

import io.manhole.repl.Completion;
import io.manhole.repl.Diagnostic;
import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
import io.manhole.repl.SymbolInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The prompt where there is no engine: it knows the commands and nothing else. */
final class CommandRepl implements Repl {

    private final List<ReplCommand> commands;
    private final String whyNoEngine;

    CommandRepl(List<ReplCommand> commands, String whyNoEngine) {
        this.commands = List.copyOf(commands);
        this.whyNoEngine = whyNoEngine;
    }

    @Override
    public EvalResult eval(String text) {
        if (text.isBlank()) {
            return new EvalResult.NoValue();
        }
        @Nullable CommandCall call = CommandCall.parse(text);
        for (ReplCommand command : commands) {
            if (call != null && command.name().equals(call.name())) {
                return run(command, call);
            }
        }
        return rejected(whyNoEngine);
    }

    private static EvalResult rejected(String reason) {
        return new EvalResult.Rejected(List.of(new Diagnostic(Diagnostic.Severity.ERROR, reason, 1, 1)));
    }

    private static EvalResult run(ReplCommand command, CommandCall call) {
        List<Class<?>> types = new ArrayList<>();
        command.parameters().forEach(parameter -> types.add(parameter.type()));
        @Nullable List<Object> arguments = call.argumentsFor(types);
        if (arguments == null) {
            return rejected("these arguments do not fit " + described(command));
        }
        try {
            command.action().accept(Collections.unmodifiableList(arguments));
            return new EvalResult.NoValue();
        } catch (Throwable thrown) { // whatever it is, it is the command's outcome
            return new EvalResult.Failed(thrown);
        }
    }

    private static String described(ReplCommand command) {
        return command.name() + parameters(command);
    }

    private static String parameters(ReplCommand command) {
        return command.parameters().stream()
                .map(parameter -> parameter.type().getSimpleName() + " " + parameter.name())
                .collect(Collectors.joining(", ", "(", ")"));
    }

    @Override
    public boolean isComplete(String text) {
        return true;
    }

    @Override
    public List<Completion> complete(String text, int cursor) {
        String typed = text.substring(0, cursor).stripLeading();
        List<Completion> found = new ArrayList<>();
        for (ReplCommand command : commands) {
            if (command.name().startsWith(typed)) {
                found.add(new Completion(command.name(), "function", parameters(command), cursor - typed.length()));
            }
        }
        return found;
    }

    @Override
    public @Nullable SymbolInfo lookup(String text, int cursor) {
        @Nullable CommandCall call = CommandCall.parse(text);
        String name = call == null ? text.strip() : call.name();
        for (ReplCommand command : commands) {
            if (command.name().equals(name)) {
                return new SymbolInfo(name, "function", described(command), null, null, command.description(), null, 0);
            }
        }
        return null;
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
