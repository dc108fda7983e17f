package io.manhole.benchmarks;

import java.util.List;

/** The live object for JShell, which can be given none. */
public final class Given {
    /** Set before the session is opened. */
    public static volatile List<Integer> live = List.of();

    private Given() {}
}
