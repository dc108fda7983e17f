package io.manhole.kotlin.engine

import io.manhole.repl.Repl
import io.manhole.repl.ReplContext
import io.manhole.repl.ReplProvider
import java.nio.file.Path
import java.util.concurrent.Executor

/**
 * The door of the stock engine, entered from outside by reflection, on the compiler's thread.
 *
 * @param thread runs tasks on the compiler's thread
 * @param jars the files that the engine was loaded from
 */
public class StockReplProvider(private val thread: Executor, jars: List<Path>) :
    ReplProvider,
    AutoCloseable {
    private val stdlib = jars.single { it.fileName.toString().startsWith("kotlin-stdlib-") }

    override fun name(): String = "jsr223"

    override fun open(context: ReplContext): Repl = StockRepl(Application(context.classLoader(), stdlib), context, thread)

    override fun close() {
        // The session has closed its compiler.
    }
}
