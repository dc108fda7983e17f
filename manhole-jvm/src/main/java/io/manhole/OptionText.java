package io.manhole;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Options written as text, for the agent's arguments and the environment: {@code name=value,name=value}. Names are those
 * of {@link ManholeOptions.Builder}. A comma within a value is written {@code \,} and a backslash {@code \\}.
 */
final class OptionText {

    /** Every option that can be written, in the order of the documentation. */
    private static final String[] NAMES = {
        "socketPath",
        "activateOn",
        "oneshotOn",
        "triggerFile",
        "thread",
        "bindDelay",
        "reinstallDelay",
        "strict",
        "verbose",
        "verboseDestination",
        "logLevel",
        "banner",
        "daemonConnection",
        "redirectStderr",
        "mirrorOutput",
        "connectionHandler",
        "dialect",
        "bindAddress",
        "bindDialect",
        "keyStore",
        "keyStorePasswordFile",
        "trustStore",
        "trustStorePasswordFile",
        "engine",
        "evalTimeout",
        "engineKeepAlive",
        "sessionKeepAlive",
        "sharedNamespace",
        "maxInputBytes",
        "audit",
        "auditSource"
    };

    private final ManholeOptions.Builder builder;
    private @Nullable String logger;
    private System.Logger.@Nullable Level logLevel;
    private @Nullable InetSocketAddress bindAddress;
    private @Nullable Dialect bindDialect;
    private @Nullable Path keyStore;
    private char @Nullable [] keyStorePassword;
    private @Nullable Path trustStore;
    private char @Nullable [] trustStorePassword;

    private OptionText(ManholeOptions.Builder builder) {
        this.builder = builder;
    }

    /** Applies the options; an {@link IllegalArgumentException} names the one that is wrong, and how it is written. */
    static void apply(ManholeOptions.Builder builder, String text) {
        OptionText options = new OptionText(builder);
        for (String option : split(text)) {
            int equals = option.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "the option '" + option.trim() + "' has no value; options are written"
                                + " name=value,name=value, with \\, for a comma within a value");
            }
            options.set(
                    option.substring(0, equals).trim(),
                    option.substring(equals + 1).trim());
        }
        options.finish();
    }

    private static List<String> split(String text) {
        List<String> options = new ArrayList<>();
        StringBuilder option = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escapes = c == '\\' && i + 1 < text.length() && ",\\".indexOf(text.charAt(i + 1)) >= 0;
            if (escapes) {
                option.append(text.charAt(++i));
            } else if (c == ',') {
                add(options, option.toString());
                option.setLength(0);
            } else {
                option.append(c);
            }
        }
        add(options, option.toString());
        return options;
    }

    private static void add(List<String> options, String option) {
        if (!option.isBlank()) {
            options.add(option);
        }
    }

    private void set(String name, String value) {
        try {
            switch (name) {
                case "socketPath" -> builder.socketPath(Path.of(value));
                case "activateOn" -> builder.activateOn(value);
                case "oneshotOn" -> builder.oneshotOn(value);
                case "triggerFile" -> builder.triggerFile(Path.of(value));
                case "thread" -> builder.thread(bool(value));
                case "bindDelay" -> builder.bindDelay(duration(value));
                case "reinstallDelay" -> builder.reinstallDelay(duration(value));
                case "strict" -> builder.strict(bool(value));
                case "verbose" -> builder.verbose(bool(value));
                case "verboseDestination" -> destination(value);
                case "logLevel" -> logLevel = constant(System.Logger.Level.class, value);
                case "banner" -> builder.banner(value);
                case "daemonConnection" -> builder.daemonConnection(bool(value));
                case "redirectStderr" -> builder.redirectStderr(bool(value));
                case "mirrorOutput" -> builder.mirrorOutput(bool(value));
                case "connectionHandler" -> builder.connectionHandler(handler(value));
                case "dialect" -> builder.dialect(constant(Dialect.class, value));
                case "bindAddress" -> bindAddress = address(value);
                case "bindDialect" -> bindDialect = constant(Dialect.class, value);
                case "keyStore" -> keyStore = Path.of(value);
                case "keyStorePasswordFile" -> keyStorePassword = password(Path.of(value));
                case "trustStore" -> trustStore = Path.of(value);
                case "trustStorePasswordFile" -> trustStorePassword = password(Path.of(value));
                case "engine" -> builder.engine(value);
                case "evalTimeout" -> builder.evalTimeout(duration(value));
                case "engineKeepAlive" -> builder.engineKeepAlive(duration(value));
                case "sessionKeepAlive" -> builder.sessionKeepAlive(duration(value));
                case "sharedNamespace" -> builder.sharedNamespace(bool(value));
                case "audit" -> audit(value);
                case "auditSource" -> builder.auditSource(bool(value));
                case "maxInputBytes" -> builder.maxInputBytes(Integer.parseInt(value));
                case "sigmask" ->
                    builder.note("the option sigmask is ignored: signals never run on a manhole's threads");
                default -> throw new IllegalArgumentException(unknown(name));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + "=" + value + ": not a number", e);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(name + "=" + value + ": not a path: " + e.getReason(), e);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("unknown option")
                    ? e
                    : new IllegalArgumentException(name + "=" + value + ": " + message, e);
        }
    }

    /** Options that come in two parts. */
    private void finish() {
        if (logger != null) {
            builder.verboseDestination(
                    System.getLogger(logger), logLevel == null ? System.Logger.Level.INFO : logLevel);
        } else if (logLevel != null) {
            throw new IllegalArgumentException("logLevel without verboseDestination=logger:NAME");
        }
        if (bindAddress != null) {
            builder.bindAddress(bindAddress, bindDialect == null ? Dialect.AUTO : bindDialect);
        } else if (bindDialect != null) {
            throw new IllegalArgumentException("bindDialect without bindAddress");
        }
        if (keyStore != null && keyStorePassword != null) {
            builder.keyStore(keyStore, keyStorePassword);
        } else if (keyStore != null || keyStorePassword != null) {
            throw new IllegalArgumentException("keyStore and keyStorePasswordFile go together");
        }
        if (trustStore != null && trustStorePassword != null) {
            builder.trustStore(trustStore, trustStorePassword);
        } else if (trustStore != null || trustStorePassword != null) {
            throw new IllegalArgumentException("trustStore and trustStorePasswordFile go together");
        }
    }

    /** In a file, since the command line and the environment of a process are no place for one. */
    private char[] password(Path file) {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                builder.note("everybody on this machine may read the password in " + file + ": chmod 600 " + file);
            }
            List<String> lines = Files.readAllLines(file);
            return lines.isEmpty() ? new char[0] : lines.get(0).toCharArray();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no such file", e);
        } catch (IOException | UnsupportedOperationException e) {
            throw new IllegalArgumentException("the password cannot be read from there: " + e, e);
        }
    }

    /** {@code activate_on} and {@code ActivateOn} are looked for as well, to say what the name is here. */
    private static String unknown(String name) {
        String wanted = name.replace("_", "").toLowerCase(Locale.ROOT);
        for (String known : NAMES) {
            if (known.toLowerCase(Locale.ROOT).equals(wanted)) {
                return "unknown option '" + name + "'; it is written " + known;
            }
        }
        return "unknown option '" + name + "'; known are " + String.join(", ", NAMES);
    }

    private static boolean bool(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String value) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value)) {
                return constant;
            }
            names.add(constant.name());
        }
        throw new IllegalArgumentException("not one of " + String.join(", ", names));
    }

    private static ConnectionHandler handler(String value) {
        return switch (value.toUpperCase(Locale.ROOT)) {
            case "REPL" -> ConnectionHandler.REPL;
            case "EXEC" -> ConnectionHandler.EXEC;
            default -> throw new IllegalArgumentException("not one of REPL, EXEC");
        };
    }

    /** A number with a unit. */
    private static Duration duration(String value) {
        int digits = 0;
        while (digits < value.length() && value.charAt(digits) >= '0' && value.charAt(digits) <= '9') {
            digits++;
        }
        if (digits == 0 || digits > 9) {
            throw new IllegalArgumentException("not a duration such as 500ms, 5s or 2m");
        }
        long amount = Long.parseLong(value.substring(0, digits));
        return switch (value.substring(digits)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> throw new IllegalArgumentException("not a duration such as 500ms, 5s or 2m");
        };
    }

    /** {@code host:port}, {@code [::1]:port}. */
    private static InetSocketAddress address(String value) {
        int colon = value.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("not an address such as localhost:5000");
        }
        String host = value.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = Integer.parseInt(value.substring(colon + 1));
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("there is no host of that name");
        }
        return address;
    }

    private void audit(String value) {
        if (value.startsWith("logger:")) {
            builder.audit(System.getLogger(value.substring("logger:".length())), System.Logger.Level.INFO);
        } else {
            builder.audit(Path.of(value));
        }
    }

    private void destination(String value) {
        if (value.equals("stderr")) {
            builder.verboseDestination(System.err);
        } else if (value.equals("stdout")) {
            builder.verboseDestination(System.out);
        } else if (value.startsWith("logger:")) {
            logger = value.substring("logger:".length());
        } else {
            Path file = Path.of(value).toAbsolutePath();
            if (Files.isDirectory(file) || !Files.isWritable(Files.exists(file) ? file : file.getParent())) {
                throw new IllegalArgumentException(
                        "neither stderr, stdout, logger:NAME nor a file that can be written");
            }
            builder.verboseDestination(VerboseLog.to(file));
        }
    }
}
