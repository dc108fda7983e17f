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
        arguments.filter { "=" in it }.forEach { options.parse(it) }
        val manhole = Manhole.install(options.build())
        println("installed")
        for (line in generateSequence(::readLine)) {
            when (line) {
                "return" -> return println("main returns")
                "exit" -> exitProcess(3)
                "throw" -> error("the application's own failure")
                "start" -> manhole.start()
                "close" -> manhole.close().also { println("closed") }
                "threads" -> println("threads of ours: " + Thread.getAllStackTraces().keys.map { it.name }.filter { "manhole" in it })
                "say" -> println("the application says something")
            }
        }
    }
}
