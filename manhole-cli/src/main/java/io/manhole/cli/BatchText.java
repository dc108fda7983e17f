package io.manhole.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code -e} or {@code -f} was given to evaluate.
 *
 * @param position which of them it was, so that the two kinds keep their order
 * @param file where the text comes from, or null
 */
record BatchText(int position, String text, @Nullable Path file) implements Comparable<BatchText> {

    private static final AtomicInteger POSITIONS = new AtomicInteger();

    @Override
    public int compareTo(BatchText other) {
        return Integer.compare(position, other.position);
    }

    /** For {@code -e}. */
    static final class OfCode implements ITypeConverter<BatchText> {

        @Override
        public BatchText convert(String code) {
            return new BatchText(POSITIONS.getAndIncrement(), code, null);
        }
    }

    /** For {@code -f}: reads the file, so that one that cannot be read ends everything before anything was evaluated. */
    static final class OfFile implements ITypeConverter<BatchText> {

        @Override
        public BatchText convert(String name) {
            try {
                Path file = Path.of(name);
                return new BatchText(POSITIONS.getAndIncrement(), read(file), file);
            } catch (IOException | InvalidPathException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
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
