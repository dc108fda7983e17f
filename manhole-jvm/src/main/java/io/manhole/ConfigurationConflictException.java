package io.manhole;

/** Two options contradict each other. */
public final class ConfigurationConflictException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    ConfigurationConflictException(String message) {
        super(message);
    }
}
