package io.manhole.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Writes the pid of a process, as the process knows it, into the file that it watches. Somebody else may have put a link
 * there, or the user may have named the wrong file: only a regular file that is empty or holds a number is written to.
 */
final class TriggerFileWaking implements Waking {

    private static final int MAX_BYTES = 32;

    private final TargetProcess process;
    private final Path file;

    TriggerFileWaking(TargetProcess process, Path file) {
        this.process = process;
        this.file = file;
    }

    @Override
    public void wake() throws ClientException {
        try {
            write(process.ownPid() + "\n");
        } catch (NoSuchFileException e) {
            throw failure("there is no folder " + file.toAbsolutePath().getParent());
        } catch (AccessDeniedException e) {
            throw failure("permission denied");
        } catch (IOException e) {
            throw failure(String.valueOf(e.getMessage()));
        }
    }

    private void write(String text) throws IOException, ClientException {
        // Looked at before it is opened: opening a pipe or a device may do something.
        boolean present = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        if (present && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw refusal("is no regular file");
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file, options(present))) {
            requireNumber(channel);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static Set<OpenOption> options(boolean present) {
        Set<OpenOption> options = new HashSet<>(EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
        options.add(LinkOption.NOFOLLOW_LINKS);
        if (!present) {
            options.add(StandardOpenOption.CREATE_NEW);
        }
        return options;
    }

    private void requireNumber(SeekableByteChannel channel) throws IOException, ClientException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES + 1);
        int count = 0;
        while (count >= 0 && bytes.hasRemaining()) {
            count = channel.read(bytes);
        }
        String content = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
        if (!bytes.hasRemaining() || !content.strip().matches("[0-9]*")) {
            throw refusal("holds something else than a process id");
        }
    }

    private ClientException failure(String reason) {
        return new ClientException(
                ExitStatus.NO_CONNECTION, "cannot write to the trigger file " + file + ": " + reason);
    }

    private ClientException refusal(String reason) {
        return new ClientException(
                ExitStatus.REFUSED, "the trigger file " + file + " " + reason + "; it was left alone");
    }

    @Override
    public String describe() {
        return "its pid was written into " + file;
    }
}
