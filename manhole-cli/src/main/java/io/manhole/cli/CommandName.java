package io.manhole.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a process runs, without its arguments: they may hold what is not to be shown. Of a JVM that the {@code java} command
 * started, the main class, the jar, or the module.
 */
final class CommandName {

    private static final Pattern LAUNCHER = Pattern.compile("javaw?|jdb");

    /** The options of {@code java} whose value is the next argument. */
    private static final Set<String> WITH_VALUE = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--limit-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--patch-module",
            "--enable-native-access",
            "--source");

    private static final Set<String> BEFORE_MODULE = Set.of("-m", "--module");

    private CommandName() {}

    /** Of a process whose command line cannot be read, the name that the kernel has for it. */
    static String of(TargetProcess process) {
        List<String> command = process.folder().commandLine();
        return command.isEmpty() || command.get(0).isEmpty() ? process.name() : of(command);
    }

    static String of(List<String> command) {
        String program = fileName(command.get(0));
        if (!LAUNCHER.matcher(program).matches()) {
            return program;
        }
        for (int i = 1; i < command.size(); i++) {
            String argument = command.get(i);
            boolean last = i + 1 == command.size();
            if (argument.equals("-jar") && !last) {
                return fileName(command.get(i + 1));
            }
            if (BEFORE_MODULE.contains(argument) && !last) {
                return command.get(i + 1);
            }
            if (argument.startsWith("--module=")) {
                return argument.substring("--module=".length());
            }
            if (WITH_VALUE.contains(argument)) {
                i++;
            } else if (!argument.startsWith("-") && !argument.startsWith("@")) {
                return argument.endsWith(".java") ? fileName(argument) : argument;
            }
        }
        return program;
    }

    private static String fileName(String path) {
        Path name = Path.of(path.replace('\0', '?')).getFileName();
        return name == null ? path : name.toString();
    }
}
