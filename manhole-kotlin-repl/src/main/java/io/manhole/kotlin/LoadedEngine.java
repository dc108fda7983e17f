package io.manhole.kotlin;

import io.manhole.repl.ReplProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;

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
