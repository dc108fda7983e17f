package io.manhole;

import java.nio.file.Path;

/** A manhole is installed already, and the options of the second one say {@code strict(true)}. */
public final class AlreadyInstalledException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    AlreadyInstalledException(Path socketPath) {
        super("a manhole is already installed at " + socketPath
                + ": close() it first, or install with strict(false) to replace it");
    }
}
