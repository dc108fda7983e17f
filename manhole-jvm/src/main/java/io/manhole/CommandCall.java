package io.manhole;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A command and its arguments as somebody typed them where no engine understands more: {@code kick(2)}.
 *
 * @param name the command's name
 * @param arguments literals: Integer or Long, Boolean, String
 */
record CommandCall(String name, List<Object> arguments) {

    private static final Pattern CALL = Pattern.compile("\\s*(\\w+)\\s*\\((.*)\\)\\s*;?\\s*", Pattern.DOTALL);

    /** A whole number that may end in L, a truth value, or a text in double quotes. Possessive: no recursion, however long. */
    private static final Pattern LITERAL = Pattern.compile(
            "\\s*(?:(-?\\d[\\d_]*)([lL]?)|(true|false)|\"([^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+)\")\\s*");

    /** What the text calls, or null if it is no call with literals. */
    static @Nullable CommandCall parse(String text) {
        Matcher call = CALL.matcher(text);
        if (!call.matches()) {
            return null;
        }
        @Nullable List<Object> arguments = arguments(call.group(2));
        return arguments == null ? null : new CommandCall(call.group(1), arguments);
    }

    private static @Nullable List<Object> arguments(String text) {
        List<Object> arguments = new ArrayList<>();
        if (text.isBlank()) {
            return arguments;
        }
        Matcher literal = LITERAL.matcher(text);
        for (int at = 0; ; at = literal.end() + 1) {
            if (!literal.find(at) || literal.start() != at) {
                return null;
            }
            @Nullable Object value = value(literal);
            if (value == null) {
                return null;
            }
            arguments.add(value);
            if (literal.end() == text.length()) {
                return arguments;
            }
            if (text.charAt(literal.end()) != ',') {
                return null;
            }
        }
    }

    private static @Nullable Object value(Matcher literal) {
        @Nullable String digits = literal.group(1);
        if (digits != null) {
            return number(digits.replace("_", ""), !literal.group(2).isEmpty());
        }
        if (literal.group(3) != null) {
            return Boolean.valueOf(literal.group(3));
        }
        try {
            return literal.group(4).translateEscapes();
        } catch (IllegalArgumentException e) {
            return null; // an escape that Java does not know
        }
    }

    private static @Nullable Object number(String digits, boolean isLong) {
        try {
            long number = Long.parseLong(digits);
            if (!isLong && number == (int) number) {
                return (int) number;
            }
            return number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The arguments as the parameters want them, or null if they do not fit. */
    @Nullable
    List<Object> argumentsFor(List<Class<?>> types) {
        if (arguments.size() != types.size()) {
            return null;
        }
        List<Object> fitting = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            Object argument = arguments.get(i);
            Class<?> type = types.get(i);
            if (type == long.class && argument instanceof Integer number) {
                fitting.add(number.longValue());
            } else if ((type == int.class && argument instanceof Integer)
                    || (type == long.class && argument instanceof Long)
                    || (type == boolean.class && argument instanceof Boolean)
                    || (type == String.class && argument instanceof String)
                    || type == Object.class) {
                fitting.add(argument);
            } else {
                return null;
            }
        }
        return fitting;
    }
}
