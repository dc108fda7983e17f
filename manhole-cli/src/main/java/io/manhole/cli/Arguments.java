package io.manhole.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.jspecify.annotations.Nullable;

/** What a command was called with. */
final class Arguments {

    private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);

    /** What every command understands. */
    static final Option HELP = flag("h", "help");

    private final CommandLine parsed;

    private Arguments(CommandLine parsed) {
        this.parsed = parsed;
    }

    /** An option without a value, such as {@code -q} or {@code --json}. */
    static Option flag(String... names) {
        return option(names).get();
    }

    /** An option with a value. */
    static Option valued(String... names) {
        return option(names).hasArg().get();
    }

    private static Option.Builder option(String... names) {
        Option.Builder option = Option.builder();
        for (String name : names) {
            if (name.length() == 1) {
                option.option(name);
            } else {
                option.longOpt(name);
            }
        }
        return option;
    }

    /** The names of an option as they are typed. */
    static List<String> names(Option option) {
        List<String> names = new ArrayList<>();
        if (option.getOpt() != null) {
            names.add("-" + option.getOpt());
        }
        if (option.getLongOpt() != null) {
            names.add("--" + option.getLongOpt());
        }
        return names;
    }

    /** The name by which messages call it. */
    private static String name(Option option) {
        return names(option).get(0);
    }

    /** @throws ClientException if there is an option that is not understood, or lacks its value */
    static Arguments parse(List<String> given, List<Option> understood) throws ClientException {
        Options options = new Options();
        understood.forEach(options::addOption);
        DefaultParser parser = DefaultParser.builder()
                .setAllowPartialMatching(false)
                .setStripLeadingAndTrailingQuotes(false) // they are the code's
                .get();
        try {
            return new Arguments(parser.parse(options, withValuesAttached(given, options)));
        } catch (MissingArgumentException e) {
            throw ClientException.usage(name(e.getOption()) + " needs a value");
        } catch (ParseException e) {
            throw ClientException.usage(String.valueOf(e.getMessage()));
        }
    }

    /** A value may look like an option: the parser takes it as one, unless it is attached to the option it belongs to. */
    private static String[] withValuesAttached(List<String> given, Options options) {
        List<String> attached = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String argument = given.get(i);
            if (argument.equals("--")) {
                attached.addAll(given.subList(i, given.size()));
                break;
            }
            boolean hasValue = i + 1 < given.size()
                    && argument.startsWith("-")
                    && options.hasOption(argument)
                    && options.getOption(argument).hasArg();
            attached.add(hasValue ? argument + "=" + given.get(++i) : argument);
        }
        return attached.toArray(String[]::new);
    }

    boolean has(Option option) {
        return parsed.hasOption(option);
    }

    /** Null if it was not given. */
    @Nullable
    String value(Option option) throws ClientException {
        String[] values = parsed.getOptionValues(option);
        if (values == null) {
            return null;
        }
        if (values.length > 1) {
            throw ClientException.usage(name(option) + " can be given once only");
        }
        return values[0];
    }

    /** A value such as {@code 0}, {@code 2} or {@code 0.5}; null if it was not given. */
    @Nullable
    Duration seconds(Option option) throws ClientException {
        String value = value(option);
        if (value == null) {
            return null;
        }
        if (!value.matches("[0-9]{1,12}([.][0-9]{1,12})?|[.][0-9]{1,12}")) {
            throw ClientException.usage(
                    name(option) + " takes a number of seconds such as 2 or 0.5, not '" + value + "'");
        }
        return Duration.ofMillis(
                new BigDecimal(value).min(LONGEST_SECONDS).multiply(MILLIS).longValue());
    }

    /** Every option as often as it was given, with its value, in the order in which they were given. */
    List<Option> inOrder() {
        return List.of(parsed.getOptions());
    }

    /**
     * The one argument that is no option.
     *
     * @param what it has to be, for a message
     */
    String operand(String what) throws ClientException {
        List<String> operands = operands();
        if (operands.isEmpty()) {
            throw ClientException.usage(what + " is missing");
        }
        noneAfter(operands, 1);
        return operands.get(0);
    }

    /** @throws ClientException if there is an argument that is no option */
    void noOperands() throws ClientException {
        noneAfter(operands(), 0);
    }

    private List<String> operands() {
        return parsed.getArgList();
    }

    private static void noneAfter(List<String> operands, int expected) throws ClientException {
        if (operands.size() > expected) {
            throw ClientException.usage("unexpected argument '" + operands.get(expected) + "'");
        }
    }
}
