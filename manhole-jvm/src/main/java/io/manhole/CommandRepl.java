package io.manhole;

import io.manhole.repl.Diagnostic;
import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
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
        return command.parameters().stream()
                .map(parameter -> parameter.type().getSimpleName() + " " + parameter.name())
                .collect(Collectors.joining(", ", command.name() + "(", ")"));
    }

    @Override
    public boolean isComplete(String text) {
        return true;
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
