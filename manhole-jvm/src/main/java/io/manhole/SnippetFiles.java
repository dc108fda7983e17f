package io.manhole;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;

/**
 * What the Java compiler sees: the application's jars and folders, classes that only the application's loader can reach, such
 * as those of jars within jars, and what was compiled into memory here. Confined to the compiler's thread.
 */
final class SnippetFiles extends ForwardingJavaFileManager<StandardJavaFileManager> implements StandardJavaFileManager {

    private final ClassLoader application;
    private final Map<String, MemoryClass> compiled = new LinkedHashMap<>(); // by class name
    private final Map<String, List<JavaFileObject>> reachable = new HashMap<>(); // by package

    SnippetFiles(StandardJavaFileManager files, ClassLoader application) {
        super(files);
        this.application = application;
        try {
            files.setLocation(StandardLocation.CLASS_PATH, ApplicationClassPath.of(application));
        } catch (IOException e) {
            throw new UncheckedIOException("the application's class path cannot be given to the Java compiler", e);
        }
    }

    /** Takes the classes that the compiler has written since the last call, by name; it goes on to see them. */
    Map<String, byte[]> compiled() {
        Map<String, byte[]> classes = new LinkedHashMap<>();
        compiled.forEach((name, file) -> classes.put(name, file.bytes()));
        return classes;
    }

    @Override
    public Iterable<JavaFileObject> list(
            Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse) throws IOException {
        Iterable<JavaFileObject> files = super.list(location, packageName, kinds, recurse);
        if (location != StandardLocation.CLASS_PATH || recurse || !kinds.contains(JavaFileObject.Kind.CLASS)) {
            return files;
        }
        List<JavaFileObject> all = new ArrayList<>();
        files.forEach(all::add);
        for (MemoryClass each : compiled.values()) {
            if (each.packageName().equals(packageName)) {
                all.add(each);
            }
        }
        if (all.isEmpty() && !packageName.isEmpty()) {
            all.addAll(reachable.computeIfAbsent(packageName, this::reachable));
        }
        return all;
    }

    private List<JavaFileObject> reachable(String packageName) {
        List<JavaFileObject> found = new ArrayList<>();
        for (String name : LoaderPackages.classes(application, packageName)) {
            found.add(new LoadedClass(application, name));
        }
        return List.copyOf(found);
    }

    @Override
    public String inferBinaryName(Location location, JavaFileObject file) {
        return file instanceof NamedClass named ? named.binaryName() : super.inferBinaryName(location, file);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
            Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
        MemoryClass file = new MemoryClass(className);
        compiled.put(className, file);
        return file;
    }

    @Override
    public boolean contains(Location location, FileObject file) throws IOException {
        return !(file instanceof NamedClass) && super.contains(location, file);
    }

    /**
     * Nothing: JShell would look through all the jars there are, to know the name of every class, and keep what it learned for
     * ever.
     */
    @Override
    public Iterable<? extends Path> getLocationAsPaths(Location location) {
        return List.of();
    }

    /** A class file that is no file. */
    private abstract static class NamedClass extends SimpleJavaFileObject {

        private final String binaryName;

        NamedClass(String binaryName) {
            super(URI.create("manhole:///" + binaryName.replace('.', '/') + ".class"), Kind.CLASS);
            this.binaryName = binaryName;
        }

        String binaryName() {
            return binaryName;
        }

        String packageName() {
            return binaryName.substring(0, Math.max(0, binaryName.lastIndexOf('.')));
        }
    }

    private static final class MemoryClass extends NamedClass {

        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        MemoryClass(String binaryName) {
            super(binaryName);
        }

        byte[] bytes() {
            return written.toByteArray();
        }

        @Override
        public OutputStream openOutputStream() {
            written.reset();
            return written;
        }

        @Override
        public InputStream openInputStream() {
            return new ByteArrayInputStream(bytes());
        }
    }

    private static final class LoadedClass extends NamedClass {

        private final ClassLoader loader;

        LoadedClass(ClassLoader loader, String binaryName) {
            super(binaryName);
            this.loader = loader;
        }

        @Override
        public InputStream openInputStream() throws IOException {
            String path = binaryName().replace('.', '/') + ".class";
            InputStream in = loader.getResourceAsStream(path);
            if (in == null) {
                throw new FileNotFoundException(path + " is not to be had from " + loader);
            }
            return in;
        }
    }

    // ---- what StandardJavaFileManager adds ----

    @Override
    public Iterable<? extends JavaFileObject> getJavaFileObjectsFromFiles(Iterable<? extends File> files) {
        return fileManager.getJavaFileObjectsFromFiles(files);
    }

    @Override
    public Iterable<? extends JavaFileObject> getJavaFileObjects(File... files) {
        return fileManager.getJavaFileObjects(files);
    }

    @Override
    public Iterable<? extends JavaFileObject> getJavaFileObjectsFromStrings(Iterable<String> names) {
        return fileManager.getJavaFileObjectsFromStrings(names);
    }

    @Override
    public Iterable<? extends JavaFileObject> getJavaFileObjects(String... names) {
        return fileManager.getJavaFileObjects(names);
    }

    @Override
    public void setLocation(Location location, Iterable<? extends File> files) throws IOException {
        fileManager.setLocation(location, files);
    }

    @Override
    public void setLocationFromPaths(Location location, Collection<? extends Path> paths) throws IOException {
        fileManager.setLocationFromPaths(location, paths);
    }

    @Override
    public Iterable<? extends File> getLocation(Location location) {
        return fileManager.getLocation(location);
    }

    @Override
    public Path asPath(FileObject file) {
        return fileManager.asPath(file);
    }
}
