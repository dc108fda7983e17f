package io.manhole;

import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** Asks a class loader which classes there are in a package: as far as it tells, which is all that can be had. */
final class LoaderPackages {

    private static final String CLASS = ".class";

    private LoaderPackages() {}

    /** Names of top-level and member classes; empty where the loader does not know its packages as folders. */
    static Set<String> classes(ClassLoader loader, String packageName) {
        String folder = packageName.replace('.', '/') + "/";
        Set<String> found = new LinkedHashSet<>();
        try {
            for (URL url : Collections.list(loader.getResources(folder))) {
                if (url.getProtocol().equals("file")) {
                    addFiles(new File(new URI(url.toString())), packageName, found);
                } else if (!url.getProtocol().equals("jrt")) {
                    addEntries(url, folder, packageName, found);
                }
            }
        } catch (IOException | URISyntaxException | RuntimeException e) {
            // A loader of the application's that does not keep its contract: what it did tell is of use.
        }
        return found;
    }

    private static void addFiles(File folder, String packageName, Set<String> found) {
        String @Nullable [] names = folder.list();
        if (names != null) {
            for (String name : names) {
                add(name, packageName, found);
            }
        }
    }

    private static void addEntries(URL url, String folder, String packageName, Set<String> found) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        if (!(connection instanceof JarURLConnection jarConnection)) {
            return;
        }
        @Nullable
        String within = jarConnection.getEntryName(); // may be deeper than the package, as in BOOT-INF/classes/
        String prefix = within == null ? folder : within;
        try (JarFile jar = jarConnection.getJarFile()) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0) {
                    add(name.substring(prefix.length()), packageName, found);
                }
            }
        }
    }

    private static void add(String file, String packageName, Set<String> found) {
        if (file.endsWith(CLASS)) {
            found.add(packageName + "." + file.substring(0, file.length() - CLASS.length()));
        }
    }
}
