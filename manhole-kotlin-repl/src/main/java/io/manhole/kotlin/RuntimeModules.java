package io.manhole.kotlin;

import java.util.List;

/** What the Kotlin compiler needs of the JDK. An application started as a module, or an image made by jlink, may lack some of it. */
final class RuntimeModules {

    private static final List<String> NEEDED =
            List.of("java.desktop", "java.logging", "java.scripting", "jdk.unsupported");

    private RuntimeModules() {}

    /** @throws IllegalStateException when one is missing; says which, and what to do */
    static void check() {
        List<String> lacking = NEEDED.stream()
                .filter(name -> ModuleLayer.boot().findModule(name).isEmpty())
                .toList();
        if (!lacking.isEmpty()) {
            throw new IllegalStateException("this Java runtime is without " + String.join(", ", lacking)
                    + ", which the Kotlin compiler needs: start it with --add-modules ALL-DEFAULT; an image made by jlink needs them"
                    + " put in, with its --add-modules " + String.join(",", lacking));
        }
    }
}
