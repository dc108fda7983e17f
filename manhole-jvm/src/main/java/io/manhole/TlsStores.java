package io.manhole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Mutual TLS as the options have it: the key and certificate of this end, and whose certificates are accepted. */
final class TlsStores {

    /** A key store and its password. */
    static final class Store {
        private final Path file;
        private final char[] password;

        Store(Path file, char[] password) {
            this.file = file.toAbsolutePath().normalize();
            this.password = password.clone();
        }
    }

    private final Store keys;
    private final Store trusted;

    TlsStores(Store keys, Store trusted) {
        this.keys = keys;
        this.trusted = trusted;
    }

    /**
     * Reads both stores, as they are now.
     *
     * @param warnings told what is amiss, but not so much as to fail
     * @throws IOException if a store cannot be read or would be of no use; the message says which, and why
     */
    SSLContext load(Consumer<String> warnings) throws IOException {
        refuseEverybodysAuthorities();
        KeyStore keyStore = load("keyStore", keys);
        KeyStore trustStore = load("trustStore", trusted);
        Set<PosixFilePermission> permissions = permissions(keys.file);
        if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
            warnings.accept("everybody on this machine may read the keyStore " + keys.file
                    + ", with the private key in it: chmod 600 " + keys.file);
        }
        try {
            requirePrivateKey(keyStore);
            requireTrusted(trustStore);
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
            keyManagers.init(keyStore, keys.password);
            TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
            trustManagers.init(trustStore);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
            return context;
        } catch (UnrecoverableKeyException e) {
            throw new IOException(
                    "the private key in the keyStore " + keys.file + " has another password than the store itself;"
                            + " give it the same: keytool -keypasswd",
                    e);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "TLS cannot be had with the keyStore " + keys.file + " and the trustStore " + trusted.file + ": "
                            + e,
                    e);
        }
    }

    /** Anybody can get a certificate of a public authority: as a list of who may come in, it would be a list of all. */
    private void refuseEverybodysAuthorities() throws IOException {
        Path authorities = Path.of(System.getProperty("java.home", ""), "lib", "security", "cacerts");
        if (Files.exists(authorities) && Files.exists(trusted.file) && Files.isSameFile(authorities, trusted.file)) {
            throw new IOException("the trustStore " + trusted.file
                    + " is Java's list of public authorities, of whom anybody gets a certificate; make one that holds"
                    + " the certificates of those who may connect, or your own authority's: keytool -importcert");
        }
    }

    private static KeyStore load(String option, Store store) throws IOException {
        String what = "the " + option + " " + store.file;
        if (!Files.exists(store.file)) {
            throw new IOException(what + " does not exist");
        }
        if (!Files.isRegularFile(store.file) || !Files.isReadable(store.file)) {
            throw new IOException(what + " is not a file that this process may read");
        }
        if (permissions(store.file).contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("everybody on this machine may write " + what
                    + ", and so decide who may connect: chmod 600 " + store.file);
        }
        try {
            return KeyStore.getInstance(store.file.toFile(), store.password);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new IOException("the password for " + what + " is wrong", e);
            }
            throw new IOException(what + " cannot be read: " + e.getMessage(), e);
        } catch (KeyStoreException e) {
            throw new IOException(what + " is neither a PKCS12 nor a JKS key store", e);
        } catch (GeneralSecurityException e) {
            throw new IOException(what + " cannot be read: " + e, e);
        }
    }

    private void requirePrivateKey(KeyStore keyStore) throws IOException, KeyStoreException {
        for (String alias : Collections.list(keyStore.aliases())) {
            if (keyStore.isKeyEntry(alias) && keyStore.getCertificate(alias) != null) {
                return;
            }
        }
        throw new IOException("the keyStore " + keys.file
                + " holds no private key with a certificate: keytool -genkeypair makes one, and keytool -importkeystore"
                + " takes one over");
    }

    private void requireTrusted(KeyStore trustStore) throws IOException, KeyStoreException {
        for (String alias : Collections.list(trustStore.aliases())) {
            if (trustStore.isCertificateEntry(alias)) {
                return;
            }
        }
        throw new IOException("the trustStore " + trusted.file
                + " holds no certificate that is marked as trusted, so nobody could connect: keytool -importcert adds"
                + " one (openssl pkcs12 -export does not mark them)");
    }

    private static Set<PosixFilePermission> permissions(Path file) throws IOException {
        try {
            return Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException e) {
            return Set.of();
        }
    }

    /** Of the two of which one is given, and both must be. */
    static TlsStores of(@Nullable Store keys, @Nullable Store trusted) {
        if (keys == null || trusted == null) {
            throw ConfigurationConflictException.because(
                    keys == null
                            ? "a trustStore without a keyStore: TLS wants both, and clients want to see our certificate"
                            : "a keyStore without a trustStore: TLS wants both, and without one every client would be let"
                                    + " in");
        }
        return new TlsStores(keys, trusted);
    }
}
