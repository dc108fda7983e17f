package io.manhole.kotlin;

import io.manhole.repl.Repl;
import io.manhole.repl.ReplContext;
import io.manhole.repl.ReplProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** A loaded engine with what is to be undone when it goes. */
record LoadedEngine(ReplProvider provider, EngineClassLoader loader, CompilerProperties properties) {

    /** On the compiler's thread. */
    static LoadedEngine load(Executor compilerThread, String innerHalf, NestedJars nested) throws Exception {
        RuntimeModules.check();
        List<Path> jars = EngineCache.unpack(nested);
        CompilerProperties properties = CompilerProperties.remember();
        EngineClassLoader loader = new EngineClassLoader(jars);
        try {
            Thread.currentThread().setContextClassLoader(loader);
            Class<?> inner = loader.loadClass(innerHalf);
            Object provider = inner.getConstructor(Executor.class, List.class).newInstance(compilerThread, jars);
            return new LoadedEngine((ReplProvider) provider, loader, properties);
        } catch (Exception | LinkageError e) {
            boolean unused = properties.restore();
            loader.close();
            throw e;
        }
    }

    /**
     * Opens the engine's part of a session, unless the session has been closed by then. Waits for nothing.
     *
     * @param loaded completed on the same thread
     */
    static CompletableFuture<Repl> open(
            CompletableFuture<LoadedEngine> loaded,
            CompilerThread thread,
            ReplContext context,
            BooleanSupplier closed) {
        return thread.submit(() -> {
            if (closed.getAsBoolean()) {
                throw new CancellationException("the session was closed before it was open");
            }
            return loaded.join().provider().open(context);
        });
    }

    void close() {
        try {
            ((AutoCloseable) provider).close();
            loader.close();
        } catch (Exception e) {
            throw new IllegalStateException("the Kotlin compiler could not be given back whole", e);
        } finally {
            if (properties.restore()) {
                StdlibClassLoader.releaseFile();
            }
        }
    }
}
