package io.manhole.kotlin;

import java.util.function.Supplier;

/** A class that evaluated code cannot name, in three ways. */
final class HiddenService implements Supplier<String> {
    @Override
    public String get() {
        return "hidden";
    }

    private static final class Secret extends PublicBase {}

    /** Reachable by name only through its class, which is hidden. */
    public static class Inside {
        /** Answers. */
        public String answer() {
            return "inside";
        }
    }

    static Object secret() {
        return new Secret();
    }
}
