package io.manhole;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** What {@code jcmd} can ask of a HotSpot virtual machine, asked from within. */
final class DiagnosticCommand {

    private DiagnosticCommand() {}

    /** The platform's MBean server is made when somebody first asks for it, which takes some 200 ms, and then stays. */
    static void prepare() {
        Object unused = ManagementFactory.getPlatformMBeanServer();
    }

    /**
     * Runs a command; blocks for as long as it takes.
     *
     * @param operation as the MBean names it: {@code gcClassHistogram} for {@code GC.class_histogram}
     * @throws IOException if this virtual machine cannot do that
     */
    static String run(String operation, String... arguments) throws IOException {
        try {
            Object text = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            operation,
                            new Object[] {arguments},
                            new String[] {String[].class.getName()});
            return String.valueOf(text);
        } catch (JMException | RuntimeException e) {
            throw new IOException(
                    "this virtual machine has no diagnostic command " + operation + ", or it lacks the module"
                            + " jdk.management: " + e,
                    e);
        }
    }
}
