package io.manhole.kotlin;

import java.lang.ref.Reference;
import javax.script.CompiledScript;
import javax.script.ScriptContext;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.jspecify.annotations.Nullable;

/** A compiled script of the inner half's that holds on to the engine it belongs to. */
final class OuterCompiledScript extends CompiledScript {
    private final OuterScriptEngine engine;
    private final CompiledScript inner;

    OuterCompiledScript(OuterScriptEngine engine, CompiledScript inner) {
        this.engine = engine;
        this.inner = inner;
    }

    @Override
    public ScriptEngine getEngine() {
        return engine;
    }

    @Override
    public @Nullable Object eval(ScriptContext context) throws ScriptException {
        try {
            return engine.<@Nullable Object, RuntimeException>passOn(opened -> inner.eval(context));
        } finally {
            Reference.reachabilityFence(engine);
        }
    }
}
