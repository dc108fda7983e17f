package io.manhole;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jshell.spi.ExecutionControl;

/**
 * JShell's way to a virtual machine, which here is this one. It only takes notes: JShell compiles and loads all snippets of a
 * text, and what it wants to be run is run afterwards, on the session's own thread. Confined to the compiler's thread.
 */
final class SnippetExecution implements ExecutionControl {

    /** What JShell calls the method in which a snippet is run. */
    static final String METHOD = "do_it$";

    private final SnippetLoader loader;
    private final Map<String, byte[]> loaded = new LinkedHashMap<>(); // since they were last taken
    private final List<String> invoked = new ArrayList<>(); // since they were last taken

    SnippetExecution(SnippetLoader loader) {
        this.loader = loader;
    }

    /** New classes by name; forgotten here. */
    Map<String, byte[]> takeLoaded() {
        Map<String, byte[]> taken = new LinkedHashMap<>(loaded);
        loaded.clear();
        return taken;
    }

    /** Names of classes whose {@link #METHOD} is to be run, in order; forgotten here. */
    List<String> takeInvoked() {
        List<String> taken = List.copyOf(invoked);
        invoked.clear();
        return taken;
    }

    @Override
    public void load(ClassBytecodes[] classes) {
        for (ClassBytecodes each : classes) {
            loaded.put(each.name(), each.bytecodes());
            loader.add(each.name(), each.bytecodes());
        }
    }

    @Override
    public String invoke(String className, String methodName) {
        invoked.add(className);
        return "";
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
