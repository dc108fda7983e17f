package io.manhole;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;

/** The prompt of the JDK's own JShell, for applications that bring no engine. */
final class JavaReplProvider implements ReplProvider {

    static final String NAME = "java";

    /** What to do where it is not available. */
    static final String HOW_TO_GET = "the module jdk.jshell of a JDK (--add-modules jdk.jshell, or jlink with it)";

    /** Whether this process has JShell. */
    static boolean isAvailable() {
        return JdkModules.has("jdk.jshell");
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Below that JShell's compiler spends its time collecting. */
    @Override
    public long heapBytes() {
        return 16L << 20;
    }

    @Override
    public Repl open(ReplContext context) throws Exception {
        return new JShellRepl(context);
    }
}
