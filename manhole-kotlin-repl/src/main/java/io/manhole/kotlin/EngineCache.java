package io.manhole.kotlin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Where the engine's jars lie unpacked: in the user's cache folder, or, where that cannot be, in a folder of the user's own
 * among the temporary files. The compiler reads files only.
 *
 * <p>Any number of processes may unpack at the same time: each file is moved into place whole.
 */
final class EngineCache {
    private EngineCache() {}

    /**
     * The jars as files, unpacked or repaired as needed, and verified byte for byte.
     *
     * @throws IOException when no folder can be had; the message names those that were tried
     */
    static List<Path> unpack(NestedJars nested) throws IOException {
        return unpack(nested, candidates(System.getenv()));
    }

    static List<Path> unpack(NestedJars nested, List<Path> candidates) throws IOException {
        IOException failure = new IOException("cannot unpack the Kotlin engine to " + candidates.get(0) + " nor to "
                + candidates.get(candidates.size() - 1) + "; set XDG_CACHE_HOME to a folder that the user "
                + System.getProperty("user.name") + " can write to");
        for (Path candidate : candidates) {
            try {
                PrivateFolder cache = PrivateFolder.at(candidate);
                return unpackInto(cache.child("kotlin-engine-" + nested.id()), nested);
            } catch (IOException | UncheckedIOException e) {
                failure.addSuppressed(e);
            }
        }
        throw explained(failure);
    }

    private static IOException explained(IOException failure) {
        StringBuilder message = new StringBuilder(failure.getMessage());
        for (Throwable reason : failure.getSuppressed()) {
            message.append(" (").append(reason.getMessage()).append(')');
        }
        IOException explained = new IOException(message.toString());
        for (Throwable reason : failure.getSuppressed()) {
            explained.addSuppressed(reason);
        }
        return explained;
    }

    private static List<Path> candidates(Map<String, String> environment) {
        List<Path> candidates = new ArrayList<>();
        Path cache = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
        if (!cache.isAbsolute()) {
            cache = Path.of(System.getProperty("user.home"), ".cache");
        }
        if (cache.isAbsolute()) {
            candidates.add(cache.resolve("manhole-jvm"));
        }
        candidates.add(Path.of(System.getProperty("java.io.tmpdir"), "manhole-jvm-" + System.getProperty("user.name")));
        return candidates;
    }

    private static List<Path> unpackInto(PrivateFolder folder, NestedJars nested) throws IOException {
        List<Path> files = new ArrayList<>();
        for (NestedJars.Jar jar : nested.jars()) {
            Path file = folder.path().resolve(jar.name());
            if (!isIntact(file, jar)) {
                unpack(jar, file);
            }
            files.add(file);
        }
        return files;
    }

    private static boolean isIntact(Path file, NestedJars.Jar jar) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || !PrivateFolder.self().equals(Files.getOwner(file, LinkOption.NOFOLLOW_LINKS))) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            MessageDigest digest = NestedJars.sha256();
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest()).equals(jar.sha256());
        }
    }

    private static void unpack(NestedJars.Jar jar, Path file) throws IOException {
        Path part = Files.createTempFile(file.getParent(), jar.name(), ".part");
        try {
            MessageDigest digest = NestedJars.sha256();
            try (InputStream in = new DigestInputStream(jar.open(), digest);
                    OutputStream out = Files.newOutputStream(part)) {
                in.transferTo(out);
            }
            String found = HexFormat.of().formatHex(digest.digest());
            if (!found.equals(jar.sha256())) {
                throw new IOException(jar.name() + " inside manhole-kotlin-repl is damaged: its SHA-256 is " + found
                        + ", not " + jar.sha256());
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + e, e);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
