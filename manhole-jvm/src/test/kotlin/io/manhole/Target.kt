package io.manhole

import java.nio.file.Path
import kotlin.system.exitProcess

/** A program with a manhole, which does as it is told on its standard input. */
object Target {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val options = ManholeOptions.builder()
        if ("daemon" in arguments) options.daemonConnection(true)
        arguments.firstOrNull { it.startsWith("/") }?.let { options.socketPath(Path.of(it)) }
        Manhole.install(options.build())
        println("installed")
        for (line in generateSequence(::readLine)) {
            when (line) {
                "return" -> return println("main returns")
                "exit" -> exitProcess(3)
                "throw" -> error("the application's own failure")
                "say" -> println("the application says something")
            }
        }
    }
}
