/** A hatch into a running JVM: the Java core. */
@SuppressWarnings("module") // the client is built after the core: javac cannot know its module here
module io.manhole {
    requires java.management;
    requires jdk.net;
    requires jdk.unsupported;
    requires org.newsclub.net.unix;
    requires static java.instrument;
    requires static jdk.jfr;
    requires static jdk.jshell;
    requires static jdk.management;
    requires static org.crac;
    requires static org.jspecify;

    exports io.manhole;
    exports io.manhole.repl;
    exports io.manhole.nrepl to
            io.manhole.cli;

    uses io.manhole.repl.ReplProvider;
}
