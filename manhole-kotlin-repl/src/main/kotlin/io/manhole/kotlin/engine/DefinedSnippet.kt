package io.manhole.kotlin.engine

import io.manhole.kotlin.SnippetClassLoader
import java.lang.invoke.MethodHandle
import java.lang.invoke.MethodHandles
import java.lang.invoke.MethodType

/**
 * A snippet as its session's loader knows it, to be run once.
 *
 * @param classes what [RuntimeClasses] made of the snippet
 */
internal class DefinedSnippet(snippet: CompiledSnippet, classes: Map<String, ByteArray>, loader: SnippetClassLoader) {
    private val resultName = snippet.resultName

    /** The class that has the snippet's code and its top-level declarations; it does not run when it is initialised. */
    val type: Class<*>

    private val forget: MethodHandle

    init {
        loader.add(classes)
        type = Class.forName(snippet.name.qualified, false, loader)
        forget = LOOKUP.findStatic(type, RuntimeClasses.FORGET, VOID)
        call(forget) // A first call needs memory.
    }

    /**
     * Runs the snippet on the calling thread.
     *
     * @return its value; null also when it has none
     * @throws Throwable what the snippet threw, as it is
     */
    fun run(): Any? {
        runOrForget()
        return resultName?.let { LOOKUP.findStatic(type, SnippetRewriter.RESULT_ACCESSOR, OBJECT).invoke() }
    }

    /**
     * What filled the heap may lie in what the snippet declared, which nobody can see, and which would stay for ever. Letting it
     * go must not need memory: there is none then, and a class of the JDK's that fails to begin for want of it fails for good.
     */
    private fun runOrForget() {
        try {
            call(LOOKUP.findStatic(type, RuntimeClasses.RUN, VOID))
        } catch (e: OutOfMemoryError) {
            call(forget)
            throw e
        }
    }

    private fun call(handle: MethodHandle) {
        handle.invokeExact()
    }

    private companion object {
        val LOOKUP: MethodHandles.Lookup = MethodHandles.publicLookup()
        val VOID: MethodType = MethodType.methodType(Void.TYPE)
        val OBJECT: MethodType = MethodType.methodType(Any::class.java)
    }
}

/** Runs user code with the session's loader as the thread's context class loader. */
internal inline fun <T> SnippetClassLoader.asContextLoader(code: () -> T): T {
    val thread = Thread.currentThread()
    val before = thread.contextClassLoader
    thread.contextClassLoader = this
    try {
        return code()
    } finally {
        thread.contextClassLoader = before
    }
}
