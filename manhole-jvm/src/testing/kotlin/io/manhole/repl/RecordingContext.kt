package io.manhole.repl

import java.util.Collections
import java.util.concurrent.CopyOnWriteArrayList

/** A session's surroundings made by hand, which remembers its warnings and what it printed. */
class RecordingContext(
    private val bindings: Map<String, Any?> = emptyMap(),
    private val commands: List<ReplCommand> = emptyList(),
    private val loader: ClassLoader = RecordingContext::class.java.classLoader,
) : ReplContext {
    /** The texts of the values, and the threads that made them. */
    val printed: MutableList<Pair<Thread, String>> = CopyOnWriteArrayList()
    val warnings: MutableList<String> = CopyOnWriteArrayList()

    override fun bindings(): Map<String, Any?> = Collections.unmodifiableMap(bindings)

    override fun commands(): List<ReplCommand> = commands

    override fun classLoader(): ClassLoader = loader

    override fun print(value: Any?) {
        printed += Thread.currentThread() to (runCatching { value.toString() }.getOrElse { "toString() failed: $it" })
    }

    override fun warn(message: String) {
        warnings += message
    }
}
