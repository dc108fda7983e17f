package io.manhole.kotlin;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.lang.ref.Reference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.script.AbstractScriptEngine;
import javax.script.Bindings;
import javax.script.Compilable;
import javax.script.CompiledScript;
import javax.script.Invocable;
import javax.script.ScriptContext;
import javax.script.ScriptEngineFactory;
import javax.script.ScriptException;
import javax.script.SimpleBindings;
import org.jspecify.annotations.Nullable;

/**
 * What callers of {@code javax.script} hold: opens the engine of the inner half when it is first needed, and passes on to it.
 *
 * <p>All that callers get from it holds on to it, so that the inner engine is not given back under them.
 */
final class OuterScriptEngine extends AbstractScriptEngine implements Compilable, Invocable, AutoCloseable {
    private final KotlinScriptEngineFactory factory;
    private final ClassLoader application;
    private final Object lock = new Object();

    /** Guarded by lock; null before the first use, after a failure to open, and once closed. */
    private @Nullable CompletableFuture<AbstractScriptEngine> inner;

    /** Guarded by lock. */
    private OpenScriptEngines.@Nullable Entry entry;

    /** Guarded by lock. */
    private boolean closed;

    OuterScriptEngine(KotlinScriptEngineFactory factory, ClassLoader application) {
        this.factory = factory;
        this.application = application;
    }

    @Override
    public ScriptEngineFactory getFactory() {
        return factory;
    }

    @Override
    public Bindings createBindings() {
        return new SimpleBindings();
    }

    @Override
    public @Nullable Object eval(String script, ScriptContext context) throws ScriptException {
        return passOn(engine -> engine.eval(script, context));
    }

    @Override
    public @Nullable Object eval(Reader reader, ScriptContext context) throws ScriptException {
        return eval(read(reader), context);
    }

    @Override
    public CompiledScript compile(String script) throws ScriptException {
        return passOn(engine -> new OuterCompiledScript(this, ((Compilable) engine).compile(script)));
    }

    @Override
    public CompiledScript compile(Reader script) throws ScriptException {
        return compile(read(script));
    }

    private static String read(Reader reader) throws ScriptException {
        StringWriter text = new StringWriter();
        try {
            reader.transferTo(text);
        } catch (IOException e) {
            throw new ScriptException(e);
        }
        return text.toString();
    }

    @Override
    public @Nullable Object invokeFunction(String name, @Nullable Object... arguments)
            throws ScriptException, NoSuchMethodException {
        return passOn(engine -> ((Invocable) engine).invokeFunction(name, arguments));
    }

    @Override
    public @Nullable Object invokeMethod(Object receiver, String name, @Nullable Object... arguments)
            throws ScriptException, NoSuchMethodException {
        return passOn(engine -> ((Invocable) engine).invokeMethod(receiver, name, arguments));
    }

    @Override
    public <T> @Nullable T getInterface(Class<T> type) {
        return kept(type, () -> passOn(engine -> ((Invocable) engine).getInterface(type)));
    }

    @Override
    public <T> @Nullable T getInterface(Object receiver, Class<T> type) {
        return kept(type, () -> passOn(engine -> ((Invocable) engine).getInterface(receiver, type)));
    }

    private interface Getting<T> {
        @Nullable
        T get() throws ScriptException;
    }

    /** The object, in a wrapper that holds on to this engine. */
    private <T> @Nullable T kept(@Nullable Class<T> type, Getting<T> getting) {
        if (type == null || !type.isInterface()) {
            throw new IllegalArgumentException(type + " is not an interface");
        }
        @Nullable T object;
        try {
            object = getting.get();
        } catch (ScriptException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        if (object == null) {
            return null;
        }
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("equals") && method.getDeclaringClass() == Object.class) {
                return proxy == arguments[0];
            }
            try {
                return method.invoke(object, arguments);
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            } finally {
                Reference.reachabilityFence(this);
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** What is asked of the inner engine; the second parameter is what it may throw beside what every call may. */
    interface Request<T extends @Nullable Object, E extends Exception> {
        T from(AbstractScriptEngine engine) throws ScriptException, E;
    }

    <T extends @Nullable Object, E extends Exception> T passOn(Request<T, E> request) throws ScriptException, E {
        try {
            AbstractScriptEngine engine = opened();
            engine.setContext(context);
            return request.from(engine);
        } finally {
            // Without it, an engine that nobody uses afterwards could be given back while it evaluates.
            Reference.reachabilityFence(this);
        }
    }

    private AbstractScriptEngine opened() throws ScriptException {
        CompletableFuture<AbstractScriptEngine> opening = opening();
        try {
            return opening.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ScriptException(e);
        } catch (ExecutionException e) {
            forget(opening);
            Throwable reason = e.getCause() == null ? e : e.getCause();
            ScriptException failure = new ScriptException("no Kotlin here: " + reason);
            failure.initCause(reason);
            throw failure;
        }
    }

    private CompletableFuture<AbstractScriptEngine> opening() {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("this engine is closed; ask the ScriptEngineManager for another");
            }
            if (inner == null) {
                OpenScriptEngines.Entry opened = OpenScriptEngines.add(this, SharedEngine.acquire());
                entry = opened;
                inner = opened.open(application);
            }
            return inner;
        }
    }

    /** So that the next use tries again. */
    private void forget(CompletableFuture<AbstractScriptEngine> failed) {
        synchronized (lock) {
            if (inner == failed) {
                giveBack();
            }
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            giveBack();
        }
    }

    /** Under the lock. */
    private void giveBack() {
        if (entry != null) {
            entry.giveBack();
        }
        entry = null;
        inner = null;
    }

    /** The inner half's engine, and what gives it back. */
    @SuppressWarnings("unchecked")
    static Map.Entry<AbstractScriptEngine, Runnable> open(Object provider, ClassLoader application) {
        try {
            return (Map.Entry<AbstractScriptEngine, Runnable>) provider.getClass()
                    .getMethod("scriptEngine", ClassLoader.class)
                    .invoke(provider, application);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the script engine could not be opened: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the two halves of manhole-kotlin-repl do not fit each other", e);
        }
    }
}
