package io.manhole.repl

import java.util.Collections
import java.util.concurrent.CopyOnWriteArrayList

/** A session's surroundings made by hand, which remembers its warnings. */
class RecordingContext(
    private val bindings: Map<String, Any?> = emptyMap(),
    private val commands: List<ReplCommand> = emptyList(),
    private val loader: ClassLoader = RecordingContext::class.java.classLoader,
) : ReplContext {
    val warnings: MutableList<String> = CopyOnWriteArrayList()

    override fun bindings(): Map<String, Any?> = Collections.unmodifiableMap(bindings)

    override fun commands(): List<ReplCommand> = commands

    override fun classLoader(): ClassLoader = loader

    override fun warn(message: String) {
        warnings += message
    }
}
