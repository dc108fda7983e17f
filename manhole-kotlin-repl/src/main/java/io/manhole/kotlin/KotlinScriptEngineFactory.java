package io.manhole.kotlin;

import java.util.List;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * Kotlin for {@code javax.script}, by the one name {@code manhole-kotlin}: the names {@code kotlin} and {@code kts} are left
 * to the stock engine, should the application have it.
 *
 * <p>Creating factories and engines is cheap; the compiler is unpacked and loaded when an engine is first asked to compile
 * or evaluate. All engines and sessions of the process share it.
 *
 * <p>An engine sees the application through the context class loader of the thread that creates it. Beyond
 * {@link ScriptEngine} it is {@link javax.script.Compilable}, {@link javax.script.Invocable} and {@link AutoCloseable}:
 *
 * <ul>
 *   <li>Scripts see the objects in the bindings they are evaluated with by name, typed by the nearest class or interface that
 *       can be named, and as they are at the moment; engine scope comes before global scope. {@code bindings} and
 *       {@code context} are what they are evaluated with. A declaration of a script hides an object of the same name.
 *   <li>Declarations of a script that was evaluated as text are seen by all later scripts of the engine. A script that declares
 *       nothing leaves nothing in memory.
 *   <li>A compiled script sees what had been declared when it was compiled, and keeps its own declarations to itself: each
 *       evaluation makes them afresh. Bindings with objects of other classes than before have it compiled once more.
 *       {@code Invocable} sees the functions of its last evaluation too.
 *   <li>Any thread may evaluate, and any number at a time ({@code THREADING} is {@code MULTITHREADED}); what the scripts share
 *       is theirs to guard.
 *   <li>{@code println} prints to {@link System#out}, whatever the context's writer; that is {@code context.writer}.
 *   <li>All that goes wrong is a {@link javax.script.ScriptException}, with the line, for compiler errors the column, and what
 *       the script threw as its cause.
 * </ul>
 *
 * <p>Closing an engine, or dropping it, gives its part of the compiler back, all of the compiler if it was the last. A closed
 * engine throws {@link IllegalStateException}. Whoever can evaluate scripts can do all that the process can.
 */
public final class KotlinScriptEngineFactory implements ScriptEngineFactory {
    private static final String NAME = "manhole-kotlin";

    /** Does nothing yet. */
    public KotlinScriptEngineFactory() {}

    /** {@code manhole-kotlin}. */
    @Override
    public String getEngineName() {
        return NAME;
    }

    /** The version of manhole-kotlin-repl, or {@code unknown} where its jar has been taken apart. */
    @Override
    public String getEngineVersion() {
        @Nullable String version = KotlinScriptEngineFactory.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    /** None. */
    @Override
    public List<String> getExtensions() {
        return List.of();
    }

    /** None. */
    @Override
    public List<String> getMimeTypes() {
        return List.of();
    }

    /** {@code manhole-kotlin} alone. */
    @Override
    public List<String> getNames() {
        return List.of(NAME);
    }

    /** {@code Kotlin}. */
    @Override
    public String getLanguageName() {
        return "Kotlin";
    }

    /** The version of the compiler. */
    @Override
    public String getLanguageVersion() {
        return NestedJars.kotlinVersion();
    }

    /** The standard ones; {@code THREADING} is {@code MULTITHREADED}. */
    @Override
    public @Nullable Object getParameter(String key) {
        return switch (key) {
            case ScriptEngine.ENGINE -> getEngineName();
            case ScriptEngine.ENGINE_VERSION -> getEngineVersion();
            case ScriptEngine.LANGUAGE -> getLanguageName();
            case ScriptEngine.LANGUAGE_VERSION -> getLanguageVersion();
            case ScriptEngine.NAME -> NAME;
            case "THREADING" -> "MULTITHREADED";
            default -> null;
        };
    }

    @Override
    public String getMethodCallSyntax(String object, String method, String... arguments) {
        return object + "." + method + "(" + String.join(", ", arguments) + ")";
    }

    @Override
    public String getOutputStatement(String toDisplay) {
        String escaped = toDisplay
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("$", "\\$")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
        return "println(\"" + escaped + "\")";
    }

    @Override
    public String getProgram(String... statements) {
        return String.join("\n", statements) + "\n";
    }

    /** An engine with empty bindings, which is opened when it is first used. */
    @Override
    public ScriptEngine getScriptEngine() {
        @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return new OuterScriptEngine(this, loader == null ? KotlinScriptEngineFactory.class.getClassLoader() : loader);
    }
}
