package io.manhole;

import java.nio.file.Path;

/** A manhole is installed already, and the options of the second one say {@code strict(true)}. */
public final class AlreadyInstalledException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private AlreadyInstalledException(String message) {
        super(message);
    }

    /** Of a type that the caller's bytecode can be verified with, without this class being loaded. */
    static IllegalStateException at(Path socketPath) {
        return new AlreadyInstalledException("a manhole is already installed at " + socketPath
                + ": close() it first, or install with strict(false) to replace it");
    }
}
