package io.manhole.agent;

/** A class that only the launcher's loader sees. */
public final class Launched {

    private Launched() {}

    public static String greeting() {
        return "greetings from the launcher's loader";
    }
}
