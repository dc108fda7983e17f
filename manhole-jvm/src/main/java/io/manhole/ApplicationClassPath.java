package io.manhole;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** Finds the jars and folders that an application's classes come from. */
final class ApplicationClassPath {

    private ApplicationClassPath() {}

    /** Existing files, each once, in the order in which the application looks through them. */
    static List<File> of(ClassLoader loader) {
        Set<File> found = new LinkedHashSet<>();
        addSystemEntries("java.class.path", false, found);
        addSystemEntries("jdk.module.path", true, found);
        List<URLClassLoader> loaders = new ArrayList<>();
        for (@Nullable ClassLoader each = loader; each != null; each = each.getParent()) {
            if (each instanceof URLClassLoader urls) {
                loaders.add(0, urls);
            }
        }
        for (URLClassLoader each : loaders) {
            for (URL url : each.getURLs()) {
                @Nullable File file = file(url);
                if (file != null) {
                    add(file, found);
                }
            }
        }
        return List.copyOf(found);
    }

    /** A module path names folders of modules where a class path names the modules. */
    private static void addSystemEntries(String property, boolean hasFoldersOfJars, Set<File> found) {
        for (String entry : System.getProperty(property, "").split(File.pathSeparator)) {
            if (entry.isEmpty()) {
                continue;
            }
            File file = new File(entry).getAbsoluteFile();
            add(file, found);
            File @Nullable [] jars = file.listFiles((folder, name) -> name.endsWith(".jar"));
            if (jars != null && hasFoldersOfJars) {
                List.of(jars).forEach(jar -> add(jar, found));
            }
        }
    }

    private static void add(File entry, Set<File> found) {
        File file = entry.toPath().normalize().toFile();
        if (!file.exists() || !found.add(file) || file.isDirectory()) {
            return;
        }
        for (String relative : manifestClassPath(file).split(" ")) {
            if (!relative.isEmpty()) {
                try {
                    @Nullable File other = file(file.toURI().resolve(relative).toURL());
                    if (other != null) {
                        add(other, found);
                    }
                } catch (IllegalArgumentException | MalformedURLException e) {
                    // The application does without it too.
                }
            }
        }
    }

    private static String manifestClassPath(File jar) {
        try (JarFile file = new JarFile(jar)) {
            @Nullable Manifest manifest = file.getManifest();
            @Nullable
            String path = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return path == null ? "" : path;
        } catch (IOException e) {
            return ""; // not a jar; the application does without it too
        }
    }

    private static @Nullable File file(URL url) {
        if (!url.getProtocol().equals("file")) {
            return null;
        }
        try {
            return new File(new URI(url.toString()));
        } catch (URISyntaxException e) {
            return new File(url.getPath());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
