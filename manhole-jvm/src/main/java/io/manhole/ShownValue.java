package io.manhole;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code show(x)} prints: all of a value, within wide limits. Its fields, private ones too; its elements one to a line, or
 * as a table when they are of one kind; bytes as a hexadecimal dump; an exception with its trace. A collection that might
 * not lie in memory is read, since the user asked for it.
 */
final class ShownValue {

    private static final PrintLimits LIMITS = PrintLimits.SHOW;

    /** More columns than fit on a screen do not make a table. */
    private static final int MAX_COLUMNS = 10;

    private static final int MAX_CELL = 40;

    private final BooleanSupplier stopped;

    private ShownValue(BooleanSupplier stopped) {
        this.stopped = stopped;
    }

    /** Of whole lines. Runs code of the value's own. */
    static String of(@Nullable Object value, BooleanSupplier stopped) {
        return PrintedText.cut(new ShownValue(stopped).text(value), LIMITS.chars())
                        .stripTrailing() + "\n";
    }

    private String text(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return "byte[" + bytes.length + "]\n" + HexDump.of(bytes, LIMITS.bytes());
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[Math.min(buffer.remaining(), LIMITS.bytes())];
            buffer.duplicate().get(bytes);
            return Printer.safely(buffer, buffer::toString) + "\n" + HexDump.of(bytes, LIMITS.bytes());
        }
        if (value instanceof Throwable thrown) {
            return StackTraces.render(thrown);
        }
        if (value instanceof Map<?, ?> map) {
            return map(map);
        }
        if (value instanceof Collection<?> || (value != null && value.getClass().isArray())) {
            return elements(value);
        }
        return value == null || hasNothingInside(value) ? print(value, LIMITS) : object(value);
    }

    private static boolean hasNothingInside(Object value) {
        return value instanceof CharSequence
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof Enum
                || value instanceof Class;
    }

    private String print(@Nullable Object value, PrintLimits limits) {
        return Printer.print(value, limits, stopped);
    }

    // ---- objects ----

    private String object(Object value) {
        StringBuilder text = new StringBuilder(identity(value)).append('\n');
        String own = print(value, LIMITS);
        if (!own.startsWith(value.getClass().getName() + "@")) {
            text.append("    ").append(own).append('\n');
        }
        ObjectFields fields = new ObjectFields(value.getClass());
        for (Field field : fields.all()) {
            text.append("    ")
                    .append(field.getName())
                    .append(": ")
                    .append(Printer.simpleName(field.getType()))
                    .append(" = ")
                    .append(print(ObjectFields.value(field, value), PrintLimits.PROMPT))
                    .append('\n');
        }
        @Nullable Class<?> closed = fields.closed();
        if (closed != null) {
            text.append("    (fields of ").append(closed.getName()).append(" cannot be seen: ");
            text.append(closed.getModule()).append(" does not open its package)\n");
        }
        return text.toString();
    }

    private static String identity(Object value) {
        return value.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(value));
    }

    // ---- collections ----

    /** The first elements of something, and why there are no more. */
    private record Head(List<@Nullable Object> elements, String note) {}

    private Head head(Iterator<?> all, Object container) {
        List<@Nullable Object> elements = new ArrayList<>();
        String note = "";
        try {
            while (note.isEmpty() && all.hasNext()) {
                check();
                if (elements.size() == LIMITS.entries()) {
                    note = more(container, elements.size());
                } else {
                    elements.add(all.next());
                }
            }
        } catch (ConcurrentModificationException e) {
            note = "… changed while it was read\n";
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError | AssertionError e) {
            check();
            note = "… reading it threw " + Printer.failure(e) + "\n";
        }
        check();
        return new Head(elements, note);
    }

    private static String more(Object container, int shown) {
        int size = container.getClass().isArray() ? Array.getLength(container) : Containers.cheapSize(container);
        return size < 0 ? "… and more\n" : "… " + (size - shown) + " more\n";
    }

    private String elements(Object container) {
        Head head;
        try {
            head = container instanceof Collection<?> all
                    ? head(all.iterator(), container)
                    : head(ValueText.elements(container), container);
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            check();
            return Printer.identity(container) + ": reading it threw " + Printer.failure(e);
        }
        List<@Nullable Object> elements = head.elements();
        String title = Printer.simpleName(container.getClass())
                + (head.note().isEmpty()
                        ? ", " + elements.size() + (elements.size() == 1 ? " element" : " elements")
                        : "");
        List<Field> columns = columns(elements);
        return title + "\n" + (columns.isEmpty() ? lines(elements) : table(elements, columns)) + head.note();
    }

    private String lines(List<@Nullable Object> elements) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < elements.size() && text.length() < LIMITS.chars(); i++) {
            text.append("    ").append(i).append(": ");
            text.append(print(elements.get(i), PrintLimits.PROMPT)).append('\n');
        }
        return text.toString();
    }

    /** The fields that all elements have, or none if these are not all of one class that is made of fields. */
    private static List<Field> columns(List<@Nullable Object> elements) {
        @Nullable Class<?> type = null;
        for (@Nullable Object each : elements) {
            if (each == null || (type != null && type != each.getClass())) {
                return List.of();
            }
            type = each.getClass();
        }
        if (type == null
                || elements.size() < 2
                || Containers.isJdk(type)
                || type.isArray()
                || type.isEnum()
                || Collection.class.isAssignableFrom(type)
                || Map.class.isAssignableFrom(type)
                || Throwable.class.isAssignableFrom(type)) {
            return List.of();
        }
        ObjectFields fields = new ObjectFields(type);
        boolean fits = fields.closed() == null && fields.all().size() <= MAX_COLUMNS;
        return fits ? fields.all() : List.of();
    }

    private String table(List<@Nullable Object> elements, List<Field> fields) {
        List<Table.Column> columns = new ArrayList<>();
        columns.add(Table.number("#"));
        for (Field field : fields) {
            Class<?> type = field.getType();
            boolean isNumber = Number.class.isAssignableFrom(type)
                    || (type.isPrimitive() && type != boolean.class && type != char.class);
            columns.add(isNumber ? Table.number(field.getName()) : Table.text(field.getName(), MAX_CELL));
        }
        Table table = new Table(columns.toArray(Table.Column[]::new));
        PrintLimits cell = PrintLimits.PROMPT.withChars(10 * MAX_CELL);
        for (int i = 0; i < elements.size(); i++) {
            @Nullable Object element = elements.get(i);
            List<Object> row = new ArrayList<>();
            row.add(i);
            for (Field field : fields) {
                row.add(element == null ? "" : print(ObjectFields.value(field, element), cell));
            }
            table.row(row.toArray());
        }
        return table.toString();
    }

    private String map(Map<?, ?> map) {
        Head head;
        try {
            head = head(map.entrySet().iterator(), map);
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            check();
            return Printer.identity(map) + ": reading it threw " + Printer.failure(e);
        }
        StringBuilder text = new StringBuilder(Printer.simpleName(map.getClass())).append('\n');
        for (@Nullable Object each : head.elements()) {
            if (each instanceof Map.Entry<?, ?> entry && text.length() < LIMITS.chars()) {
                text.append("    ")
                        .append(print(entry.getKey(), PrintLimits.PROMPT))
                        .append(" = ");
                text.append(print(entry.getValue(), PrintLimits.PROMPT)).append('\n');
            }
        }
        return text + head.note();
    }

    private void check() {
        if (stopped.getAsBoolean()) {
            throw new CancellationException("interrupted");
        }
    }
}
