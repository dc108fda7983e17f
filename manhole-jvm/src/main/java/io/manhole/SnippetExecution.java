package io.manhole;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import jdk.jshell.spi.ExecutionControl;

/**
 * JShell's way to a virtual machine, which here is this one. It only takes notes: JShell compiles and loads all snippets of a
 * text, and what it wants to be run is run afterwards, on the session's own thread. Confined to the compiler's thread.
 */
final class SnippetExecution implements ExecutionControl {

    /** The class that JShell puts around a snippet, rather than one of the user's within. */
    private static final Pattern WRAPPER = Pattern.compile("REPL\\.\\$JShell\\$\\w+");

    /** What JShell calls the method in which a snippet is run. */
    static final String METHOD = "do_it$";

    private static final SnippetLoader.Source UNKNOWN = new SnippetLoader.Source("snippet", line -> line);

    private final SnippetLoader loader;
    private final Map<String, byte[]> loaded = new LinkedHashMap<>(); // classes whose lines are not asked for yet
    private final List<Invocation> invoked = new ArrayList<>(); // since they were last taken
    private boolean asksForLines = true;

    SnippetExecution(SnippetLoader loader) {
        this.loader = loader;
    }

    /**
     * Something that JShell wants to be run.
     *
     * @param className the class whose static method {@link #METHOD} it is
     * @param frames what JShell was asked the lines of
     */
    record Invocation(String className, List<StackTraceElement> frames) {}

    /** What is to be run, in order; forgotten here. */
    List<Invocation> takeInvoked() {
        List<Invocation> taken = List.copyOf(invoked);
        invoked.clear();
        return taken;
    }

    /** After JShell could not tell the lines of something. */
    void askNoMore() {
        asksForLines = false;
        loaded.clear();
    }

    @Override
    public void load(ClassBytecodes[] classes) {
        for (ClassBytecodes each : classes) {
            loaded.put(each.name(), each.bytecodes());
            loader.add(each.name(), each.bytecodes());
            loader.setSource(each.name(), UNKNOWN);
        }
    }

    /**
     * Pretends that the snippet has thrown something whose stack goes through each line of all new classes: that is how JShell
     * tells which line of the user's each of them is.
     */
    @Override
    public String invoke(String className, String methodName) throws UserException {
        List<StackTraceElement> frames = new ArrayList<>();
        if (asksForLines) {
            loaded.forEach((name, bytes) ->
                    lines(name, bytes).forEach(line -> frames.add(new StackTraceElement(name, "line", null, line))));
            loaded.clear();
        }
        invoked.add(new Invocation(className, frames));
        if (frames.isEmpty()) {
            return "";
        }
        throw new UserException("which lines?", "", frames.toArray(StackTraceElement[]::new));
    }

    private static SortedSet<Integer> lines(String name, byte[] bytes) {
        try {
            return new SnippetClassFile(bytes).lines(!WRAPPER.matcher(name).matches());
        } catch (IOException e) {
            return new TreeSet<>();
        }
    }

    @Override
    public void redefine(ClassBytecodes[] classes) throws NotImplementedException {
        throw new NotImplementedException("a class is replaced by one of another name");
    }

    @Override
    public String varValue(String className, String varName) {
        return "";
    }

    @Override
    public void addToClasspath(String path) throws NotImplementedException {
        throw new NotImplementedException("the class path is the application's");
    }

    @Override
    public void stop() {}

    @Override
    public Object extensionCommand(String command, Object argument) throws NotImplementedException {
        throw new NotImplementedException(command);
    }

    @Override
    public void close() {}
}
