package io.manhole.cli;

/**
 * Which of the standard streams are terminals. Only the shell script in front of the jar can tell; without it, output is
 * treated as a terminal, so that nothing harmful reaches one, and input is not.
 */
record Terminals(boolean in, boolean out, boolean err) {

    /** Set by the script to the digits of the streams that are terminals. */
    static final String PROPERTY = "manhole.cli.terminals";

    static Terminals detect() {
        String streams = System.getProperty(PROPERTY, "12");
        return new Terminals(streams.contains("0"), streams.contains("1"), streams.contains("2"));
    }

    boolean interactive() {
        return in && out;
    }
}
