package io.manhole.repl;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A function that an engine declares in every session, such as {@code exit()}. It prints what it has to say to
 * {@link System#out}, and returns nothing.
 *
 * <p>Only JDK types cross this boundary, so that an engine can declare the function even where the classes of manhole
 * are not visible to evaluated code.
 *
 * @param name a Java identifier
 * @param parameters the parameters, all of them required
 * @param description one line for {@code help()}
 * @param action runs the command on the evaluating thread with one argument for each parameter, in order; those of
 *     type Object may be null. What it throws
 *     must reach the caller unwrapped and unchanged: {@code exit()} leaves the evaluation that way.
 */
public record ReplCommand(
        String name, List<Parameter> parameters, String description, Consumer<List<@Nullable Object>> action) {

    /** Copies the list of parameters. */
    public ReplCommand {
        parameters = List.copyOf(parameters);
    }

    /**
     * One parameter of a command.
     *
     * @param name a Java identifier
     * @param type {@code int.class}, {@code long.class}, {@code boolean.class}, {@code String.class}, or {@code
     *     Object.class} for a value of any kind, null included
     */
    public record Parameter(String name, Class<?> type) {}
}
