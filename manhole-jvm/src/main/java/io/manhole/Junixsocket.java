package io.manhole;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocket;

/** Whether junixsocket can be used. Apart from {@link JunixServer}, which cannot even be linked where its classes are missing. */
final class Junixsocket {

    private static final AtomicBoolean SAID = new AtomicBoolean();

    private Junixsocket() {}

    static boolean isSupported() {
        return lacking() == null;
    }

    /** Says once in the life of the process what is used in its place. */
    static void warnIfLacking(Manhole manhole) {
        @Nullable String lacking = lacking();
        if (lacking != null && SAID.compareAndSet(false, true)) {
            manhole.warn(lacking + ": the JDK's own sockets are used, which do not tell a client's pid");
        }
    }

    /** What is amiss: no such class, an exotic platform, a read-only or noexec file system, denied native access; or null. */
    private static @Nullable String lacking() {
        try {
            return AFUNIXSocket.isSupported() ? null : "junixsocket's native library cannot be loaded";
        } catch (NoClassDefFoundError e) {
            return "junixsocket is not on the class path";
        } catch (LinkageError e) {
            return "junixsocket cannot be loaded (" + e + ")";
        }
    }
}
