package io.manhole;

/** Two options contradict each other. */
public final class ConfigurationConflictException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private ConfigurationConflictException(String message) {
        super(message);
    }

    /** Of a type that the caller's bytecode can be verified with, without this class being loaded. */
    static IllegalArgumentException because(String message) {
        return new ConfigurationConflictException(message);
    }
}
