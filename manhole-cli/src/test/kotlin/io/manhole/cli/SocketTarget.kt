package io.manhole.cli

import io.manhole.Manhole
import io.manhole.ManholeOptions
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.channels.ServerSocketChannel
import java.nio.file.Path

/** An application that listens at sockets of its own, and has a manhole if it is told its options. */
object SocketTarget {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val sockets = arguments.filter { it.startsWith("/") }
        val listening = sockets.map { ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(Path.of(it))) }
        arguments.firstOrNull { "=" in it }?.let { Manhole.install(ManholeOptions.builder().parse(it).verbose(false).build()) }
        println("ready")
        while (System.`in`.read() >= 0) continue
        listening.forEach { it.close() }
    }
}
