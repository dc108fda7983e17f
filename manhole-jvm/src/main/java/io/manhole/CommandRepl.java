package io.manhole;

import io.manhole.repl.Diagnostic;
import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.ReplCommand;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The prompt where there is no engine: it knows the commands and nothing else. */
final class CommandRepl implements Repl {

    private static final Pattern CALL = Pattern.compile("\\s*(\\w+)\\s*\\(\\s*\\)\\s*;?\\s*");

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
        Matcher call = CALL.matcher(text);
        if (call.matches()) {
            for (ReplCommand command : commands) {
                if (command.name().equals(call.group(1)) && command.parameters().isEmpty()) {
                    return run(command);
                }
            }
        }
        return new EvalResult.Rejected(List.of(new Diagnostic(Diagnostic.Severity.ERROR, whyNoEngine, 1, 1)));
    }

    private static EvalResult run(ReplCommand command) {
        try {
            command.action().accept(List.of());
            return new EvalResult.NoValue();
        } catch (Throwable thrown) { // whatever it is, it is the command's outcome
            return new EvalResult.Failed(thrown);
        }
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
