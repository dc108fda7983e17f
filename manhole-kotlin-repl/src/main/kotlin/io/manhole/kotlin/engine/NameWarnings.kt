package io.manhole.kotlin.engine

import io.manhole.repl.ReplContext

/** Tells the user of a session which of its names are not what they seem. */
internal class NameWarnings(private val context: ReplContext) {
    fun warn(engine: KotlinScriptEngine, compiler: SharedCompiler) {
        val names = context.bindings().keys
        val commands = context.commands().mapTo(HashSet()) { it.name }
        for (name in names.filter { it in commands }) {
            context.warn("the binding '$name' hides the command $name()")
        }
        for (name in compiler.builtIn(names - commands).await()) {
            context.warn("the binding '$name' hides Kotlin's own $name")
        }
        for ((name, reason) in engine.undeclared) {
            context.warn("'$name' is not available here: $reason")
        }
    }
}
