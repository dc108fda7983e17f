package io.manhole.samples.liveobjects

import io.manhole.Manhole
import io.manhole.ManholeOptions
import java.net.BindException
import kotlin.concurrent.thread
import kotlin.system.exitProcess

private const val FAILED = 1
private const val USAGE = 2

/** Runs the shop until the process is told to end. The only argument is the port of the HTTP endpoint; without it any that is free. */
fun main(args: Array<String>) {
    val port = (args.singleOrNull() ?: "0").toIntOrNull()
    if (args.size > 1 || port == null || port !in 0..65535) {
        System.err.println("usage: live-objects [PORT]\nPORT is a number from 0 to 65535, got: ${args.joinToString(" ")}")
        exitProcess(USAGE)
    }
    val shop =
        try {
            Shop(database = "orders", port)
        } catch (e: BindException) {
            System.err.println("cannot listen on port $port: ${e.message}. Give another port, or none for any that is free.")
            exitProcess(FAILED)
        }
    shop.openForBusiness()
    Runtime.getRuntime().addShutdownHook(thread(start = false, name = "shutdown") { stop(shop) })

    val manhole =
        Manhole.install(
            ManholeOptions
                .builder()
                .local("orders", shop.orders)
                .local("db", shop.db)
                .local("worker", shop.worker)
                .build(),
        )
    val pid = ProcessHandle.current().pid()
    println("live-objects ready: pid $pid, ${shop.server.uri}, ${manhole.socketPath()}")
    println("connect with: manhole-cli $pid   or: nc -U ${manhole.socketPath()}")
}

private fun stop(shop: Shop) {
    shop.close()
    println("live-objects stopped")
}
