package io.manhole.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code -e} or {@code -f} was given to evaluate.
 *
 * @param file where the text comes from, or null
 */
record BatchText(String text, @Nullable Path file) {

    /** For {@code -e}. */
    static BatchText ofCode(String code) {
        return new BatchText(code, null);
    }

    /** For {@code -f}. */
    static BatchText ofFile(String name) throws ClientException {
        try {
            Path file = Path.of(name);
            return new BatchText(read(file), file);
        } catch (IOException | InvalidPathException e) {
            throw new ClientException(ExitStatus.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /**
     * A file of UTF-8; bytes that are not are replaced.
     *
     * @throws IOException with a message that names the file and says what is the matter with it
     */
    static String read(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new IOException("cannot read " + file + ": there is no such file", e);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot read " + file + ": permission denied", e);
        } catch (IOException e) {
            throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
