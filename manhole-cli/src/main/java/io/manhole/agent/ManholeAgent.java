package io.manhole.agent;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * The one class of {@code manhole-agent.jar} that the application could see: the VM puts an agent's jar on the application's
 * class path. All else lies below a folder of the jar, where only this loader looks. Its parent is the platform's loader, so
 * that a manhole, a Kotlin or a junixsocket of the application's own, of whatever version, and ours do not meet.
 */
public final class ManholeAgent extends ClassLoader {

    private static final String FOLDER = "META-INF/manhole/agent/";

    /** What lies in the folder: one jar each, unpacked. */
    private static final String[] JARS = {
        "manhole-jvm/", "junixsocket-common/", "junixsocket-native-common/", "manhole-kotlin-repl/"
    };

    static {
        boolean unused = registerAsParallelCapable();
    }

    /** An agent may be loaded several times into one process, which has one manhole nevertheless. */
    private static @Nullable ManholeAgent loader; // guarded by the class

    private final ProtectionDomain domain = ManholeAgent.class.getProtectionDomain();
    private final File file;
    private final JarFile jar;
    private final List<String> roots = new ArrayList<>();

    private ManholeAgent() throws IOException, URISyntaxException {
        super("manhole-agent", getPlatformClassLoader());
        file = new File(domain.getCodeSource().getLocation().toURI());
        // Stays open; it is the same open file as that of the class path.
        jar = new JarFile(file, false);
        for (String root : JARS) {
            addVersions(FOLDER + root);
            roots.add(FOLDER + root);
        }
    }

    /** What a multi-release jar has for this Java, newest first. The JDK looks for that at the root of a jar only. */
    private void addVersions(String root) {
        for (int version = Runtime.version().feature(); version > 8; version--) {
            String versioned = root + "META-INF/versions/" + version + "/";
            if (jar.getEntry(versioned) != null) {
                roots.add(versioned);
            }
        }
    }

    /**
     * Called by the VM before the application's {@code main}, for {@code -javaagent}. Never throws: that would end the
     * process.
     *
     * @param arguments options of the manhole; null for none
     * @param instrumentation passed on, not used
     */
    public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
        agentmain(arguments, instrumentation);
    }

    /**
     * Called by the VM when the agent is loaded into a running process. Never throws.
     *
     * @param arguments options of the manhole; null for none
     * @param instrumentation passed on, not used
     */
    public static void agentmain(@Nullable String arguments, Instrumentation instrumentation) {
        try {
            Class.forName("io.manhole.Agent", true, loader())
                    .getMethod("agentmain", String.class, Instrumentation.class)
                    .invoke(null, arguments, instrumentation);
        } catch (InvocationTargetException e) {
            System.err.println("manhole: not installed: " + e.getCause());
        } catch (Throwable e) { // whatever it is, the application runs on
            System.err.println("manhole: not installed: " + e);
        }
    }

    private static synchronized ManholeAgent loader() throws IOException, URISyntaxException {
        if (loader == null) {
            loader = new ManholeAgent();
        }
        return loader;
    }

    private @Nullable ZipEntry entry(String name) {
        for (String root : roots) {
            ZipEntry entry = jar.getEntry(root + name);
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        ZipEntry entry = entry(name.replace('.', '/') + ".class");
        if (entry == null) {
            throw new ClassNotFoundException(name);
        }
        try (InputStream in = jar.getInputStream(entry)) {
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length, domain);
        } catch (IOException e) {
            throw new ClassNotFoundException(name + " cannot be read from " + file, e);
        }
    }

    /** Not by way of the URL, whose connection would keep the jar open once more, in a cache that all the process shares. */
    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        ZipEntry entry = entry(name);
        try {
            return entry == null ? super.getResourceAsStream(name) : jar.getInputStream(entry);
        } catch (IOException e) {
            return null; // as the method is specified
        }
    }

    @Override
    protected @Nullable URL findResource(String name) {
        ZipEntry entry = entry(name);
        return entry == null ? null : url(entry);
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        List<URL> found = new ArrayList<>();
        for (String root : roots) {
            ZipEntry entry = jar.getEntry(root + name);
            if (entry != null) {
                found.add(url(entry));
            }
        }
        return Collections.enumeration(found);
    }

    private URL url(ZipEntry entry) {
        try {
            String path = new URI(null, null, "/" + entry.getName(), null).toASCIIString();
            return new URI("jar:" + file.toURI() + "!" + path).toURL();
        } catch (URISyntaxException | IOException e) {
            throw new IllegalStateException("no URL for " + entry + " in " + file, e);
        }
    }
}
