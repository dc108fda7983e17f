package io.manhole;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/**
 * A value being written: containers are walked by us, element by element and within limits, all else is asked for its
 * {@code toString}. Nothing is consumed, waited for, or read that might not lie in memory.
 */
final class ValueText {

    private final PrintedText text;
    private final PrintLimits limits;
    private final BooleanSupplier stopped;
    private final Set<Object> containers = Collections.newSetFromMap(new IdentityHashMap<>()); // that we are in

    ValueText(PrintedText text, PrintLimits limits, BooleanSupplier stopped) {
        this.text = text;
        this.limits = limits;
        this.stopped = stopped;
    }

    /** Writes a value. */
    void add(@Nullable Object value) {
        if (value == null) {
            text.add("null");
        } else if (value instanceof String string) {
            text.add(shortened(string));
        } else if (value.getClass().isArray()) {
            array(value);
        } else if (value instanceof Collection<?> all) {
            container(all, "[", "]", all::iterator, this::add);
        } else if (value instanceof Map<?, ?> map) {
            container(map, "{", "}", () -> map.entrySet().iterator(), this::entry);
        } else if (value instanceof Throwable thrown) {
            text.add(shortened(thrown(thrown)));
        } else if (!addOfJdk(value) && !addDeferred(value)) {
            object(value);
        }
    }

    private String shortened(String string) {
        return containers.isEmpty() ? string : PrintedText.cut(string, limits.elementChars());
    }

    private void object(Object value) {
        if (Containers.isUnloadedProxy(value)) {
            text.add(Printer.identity(value) + " (not loaded yet; show(x) shows its fields)");
            return;
        }
        String own = Printer.safely(value, value::toString);
        check(); // a toString that was interrupted has failed, which is not the object's fault
        text.add(shortened(own));
    }

    /** What the JDK's own classes tell without waiting for anything; false if the value is none of these. */
    private boolean addOfJdk(Object value) {
        if (value instanceof ByteBuffer buffer) {
            ByteBuffer copy = buffer.duplicate();
            bytes("ByteBuffer", copy.remaining(), i -> copy.get(copy.position() + i));
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresentOrElse(inner -> wrapped("Optional[", inner, "]"), () -> text.add("Optional.empty"));
        } else if (value instanceof BaseStream || value instanceof Iterator) {
            text.add(Printer.identity(value) + " (not read: that would use it up)");
        } else if (!Containers.isJdk(value.getClass())) {
            return false;
        } else if (value instanceof AtomicReference<?> reference) {
            wrapped("", reference.get(), "");
        } else if (value instanceof Map.Entry<?, ?> entry) {
            entry(entry);
        } else if (value instanceof Future<?> future) {
            future(future);
        } else {
            return false;
        }
        return true;
    }

    private void wrapped(String before, @Nullable Object inner, String after) {
        text.add(before);
        add(inner);
        text.add(after);
    }

    private void entry(Map.Entry<?, ?> entry) {
        add(entry.getKey());
        text.add("=");
        add(entry.getValue());
    }

    private void future(Future<?> future) {
        String name = Printer.simpleName(future.getClass());
        if (!future.isDone()) {
            text.add(name + "(not done)");
        } else if (future.isCancelled()) {
            text.add(name + "(cancelled)");
        } else {
            try {
                wrapped(name + "(", future.get(), ")");
            } catch (ExecutionException e) {
                text.add(name + "(failed: " + thrown(e.getCause() == null ? e : e.getCause()) + ")");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                check();
                text.add(name + "(done)");
            }
        }
    }

    /** False if the value is no Deferred of Kotlin's. */
    private boolean addDeferred(Object value) {
        @Nullable DeferredValue deferred = DeferredValue.of(value);
        if (deferred == null) {
            return false;
        }
        if (!deferred.isDone()) {
            text.add("Deferred(not done)");
            return true;
        }
        @Nullable Throwable failure = deferred.failure();
        if (failure == null) {
            wrapped("Deferred(", deferred.value(), ")");
        } else {
            text.add("Deferred(" + (failure instanceof CancellationException ? "cancelled: " : "failed: ")
                    + thrown(failure) + ")");
        }
        return true;
    }

    /** The exception and what began it. A trace is what show(x) is for. */
    private static String thrown(Throwable thrown) {
        @Nullable Throwable root = null;
        for (int i = 0; i < 100; i++) { // a chain of causes may be a ring
            @Nullable Throwable cause = (root == null ? thrown : root).getCause();
            if (cause == null) {
                break;
            }
            root = cause;
        }
        String own = Printer.safely(thrown, thrown::toString);
        Throwable first = root;
        return first == null || first == thrown
                ? own
                : own + " (caused by " + Printer.safely(first, first::toString) + ")";
    }

    private void array(Object array) {
        if (array instanceof byte[] bytes) {
            bytes("byte", bytes.length, i -> bytes[i]);
        } else {
            container(array, "[", "]", () -> elements(array), this::add);
        }
    }

    /** Of an array of whatever kind. */
    static Iterator<@Nullable Object> elements(Object array) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < Array.getLength(array);
            }

            @Override
            public @Nullable Object next() {
                return Array.get(array, next++);
            }
        };
    }

    private interface Bytes {
        byte at(int index);
    }

    private void bytes(String name, int length, Bytes bytes) {
        StringBuilder hex = new StringBuilder(name + "[" + length + "]");
        int shown = Math.min(length, limits.bytes());
        for (int i = 0; i < shown; i++) {
            hex.append(' ').append(HexDump.hex(bytes.at(i)));
        }
        text.add(hex + (shown < length ? " … " + (length - shown) + " more" : ""));
    }

    private <E extends @Nullable Object> void container(
            Object container, String open, String close, Supplier<Iterator<E>> read, Consumer<E> element) {
        if (!container.getClass().isArray() && !Containers.isReadable(container)) {
            text.add(Containers.notRead(container));
        } else if (containers.size() == limits.depth()) {
            text.add(open + "…" + close);
        } else if (!containers.add(container)) {
            text.add("(cycle)");
        } else {
            text.add(open);
            try {
                elements(container, read.get(), element);
            } catch (ConcurrentModificationException e) {
                check();
                text.add(" … (changed while it was read)");
            } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError | AssertionError e) {
                check();
                text.add("… (reading it threw " + Printer.failure(e) + ")");
            } finally {
                containers.remove(container);
            }
            text.add(close);
        }
    }

    private <E extends @Nullable Object> void elements(Object container, Iterator<E> all, Consumer<E> element) {
        for (int count = 0; !text.isFull() && all.hasNext(); count++) {
            check();
            if (count > 0) {
                text.add(", ");
            }
            if (count == limits.entries()) {
                int size =
                        container.getClass().isArray() ? Array.getLength(container) : Containers.cheapSize(container);
                text.add(size > count ? "… " + (size - count) + " more" : "…");
                return;
            }
            element.accept(all.next());
        }
        check();
    }

    private void check() {
        if (stopped.getAsBoolean()) {
            throw new CancellationException("interrupted");
        }
    }
}
