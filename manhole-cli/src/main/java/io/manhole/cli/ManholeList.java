package io.manhole.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.Option;
import org.jspecify.annotations.Nullable;

/** The command {@code manhole-cli ls}. */
final class ManholeList {

    private static final List<String> HEADINGS = List.of("PID", "USER", "STATE", "AGE", "COMMAND", "SOCKET");

    private static final Option JSON = Arguments.flag("json");

    private final Output output;

    ManholeList(Output output) {
        this.output = output;
    }

    /** Returns the exit status. */
    int run(List<String> given) throws ClientException, IOException {
        Arguments arguments = Arguments.parse(given, List.of(JSON, Arguments.HELP));
        if (arguments.has(Arguments.HELP)) {
            output.out(Resource.text("help-ls.txt"));
            return ExitStatus.OK;
        }
        arguments.noOperands();
        list(arguments.has(JSON));
        return ExitStatus.OK;
    }

    private void list(boolean json) throws IOException {
        User self = TargetProcess.self().user();
        List<ListedManhole> manholes = ManholeCensus.take(self);
        if (json) {
            output.out(json(manholes, Instant.now()));
        } else if (manholes.isEmpty()) {
            output.message("there is no manhole" + (self.isRoot() ? "" : " of " + self) + " on this machine");
        } else {
            output.out(table(manholes, Instant.now()));
        }
    }

    /** An object in each line. */
    private static String json(List<ListedManhole> manholes, Instant now) throws IOException {
        JsonFactory factory = new JsonFactory();
        List<String> objects = new ArrayList<>();
        for (ListedManhole manhole : manholes) {
            StringWriter object = new StringWriter();
            try (JsonGenerator generator = factory.createGenerator(object)) {
                write(manhole, now, generator);
            }
            objects.add("\n" + object);
        }
        return "[" + String.join(",", objects) + (objects.isEmpty() ? "]\n" : "\n]\n");
    }

    private static void write(ListedManhole manhole, Instant now, JsonGenerator generator) throws IOException {
        TargetProcess process = manhole.process();
        Duration age = manhole.age(now);
        generator.writeStartObject();
        generator.writeFieldName("pid");
        if (process == null) {
            generator.writeNull();
        } else {
            generator.writeNumber(Long.parseLong(process.pid()));
        }
        generator.writeStringField("user", manhole.user().principal().getName());
        generator.writeStringField("state", state(manhole));
        generator.writeFieldName("ageSeconds");
        if (age == null) {
            generator.writeNull();
        } else {
            generator.writeNumber(age.toSeconds());
        }
        generator.writeStringField("command", process == null ? null : CommandName.of(process));
        generator.writeStringField(
                "socket", manhole.socket() == null ? null : manhole.socket().toString());
        generator.writeEndObject();
    }

    private static String table(List<ListedManhole> manholes, Instant now) {
        List<List<String>> rows = new ArrayList<>(List.of(HEADINGS));
        manholes.forEach(manhole -> rows.add(row(manhole, now)));
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size() - 1; i++) {
                int column = i;
                int width = rows.stream()
                        .mapToInt(each -> each.get(column).length())
                        .max()
                        .orElse(0);
                String cell = row.get(i);
                table.append(cell).append(" ".repeat(width - cell.length() + 2));
            }
            table.append(row.get(row.size() - 1)).append('\n');
        }
        return table.toString();
    }

    private static List<String> row(ListedManhole manhole, Instant now) {
        TargetProcess process = manhole.process();
        return List.of(
                process == null ? "-" : process.pid(),
                cell(manhole.user().principal().getName()),
                state(manhole),
                age(manhole.age(now)),
                cell(process == null ? null : CommandName.of(process)),
                cell(manhole.socket()));
    }

    private static String state(ListedManhole manhole) {
        return manhole.state().name().toLowerCase(Locale.ROOT);
    }

    /** A name may hold anything: it must not look like another line, nor act on a terminal. */
    private static String cell(@Nullable Object value) {
        return value == null ? "-" : TerminalText.neutralise(value.toString()).replaceAll("[\\n\\t]", "?");
    }

    private static String age(@Nullable Duration age) {
        return age == null ? "-" : TimeSpan.narrow(age);
    }
}
