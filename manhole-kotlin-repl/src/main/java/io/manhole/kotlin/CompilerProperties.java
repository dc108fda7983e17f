package io.manhole.kotlin;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/** The system properties that the compiler sets for itself, taken back when it goes. */
final class CompilerProperties {
    private static final Set<String> PREFIXES =
            Set.of("idea.", "psi.", "ide.", "ast.", "platform.", "project.structure.");

    private static final Object LOCK = new Object();

    /** Guarded by LOCK; several compilers set the same ones, so what was there before the first is put back after the last. */
    private static Map<Object, Object> before = Map.of();

    /** Guarded by LOCK. */
    private static int compilers;

    private CompilerProperties() {}

    /** To be called before a compiler is loaded; {@link #restore} must follow. */
    static CompilerProperties remember() {
        synchronized (LOCK) {
            if (compilers++ == 0) {
                before = compilersOwn(System.getProperties());
            }
            return new CompilerProperties();
        }
    }

    /**
     * Puts back what was there, if no other compiler is in use, and touches no property that is not the compiler's.
     *
     * @return whether no other is
     */
    boolean restore() {
        synchronized (LOCK) {
            if (--compilers > 0) {
                return false;
            }
            Properties now = System.getProperties();
            compilersOwn(now).forEach((key, value) -> {
                if (!before.containsKey(key)) {
                    now.remove(key, value);
                }
            });
            now.putAll(before);
            before = Map.of();
            return true;
        }
    }

    private static Map<Object, Object> compilersOwn(Properties properties) {
        return properties.entrySet().stream()
                .filter(property -> PREFIXES.stream().anyMatch(property.getKey().toString()::startsWith))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
