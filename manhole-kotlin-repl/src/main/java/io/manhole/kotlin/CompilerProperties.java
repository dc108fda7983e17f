package io.manhole.kotlin;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/** The system properties that the compiler sets for itself, taken back when it goes. */
final class CompilerProperties {
    private static final Set<String> PREFIXES =
            Set.of("idea.", "psi.", "ide.", "ast.", "platform.", "project.structure.");

    private final Map<Object, Object> before;

    private CompilerProperties(Map<Object, Object> before) {
        this.before = before;
    }

    /** To be called before the compiler is loaded. */
    static CompilerProperties remember() {
        return new CompilerProperties(compilersOwn(System.getProperties()));
    }

    /** Puts back what was there, and touches no property that is not the compiler's. */
    void restore() {
        Properties now = System.getProperties();
        compilersOwn(now).forEach((key, value) -> {
            if (!before.containsKey(key)) {
                now.remove(key, value);
            }
        });
        now.putAll(before);
    }

    private static Map<Object, Object> compilersOwn(Properties properties) {
        return properties.entrySet().stream()
                .filter(property -> PREFIXES.stream().anyMatch(property.getKey().toString()::startsWith))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
