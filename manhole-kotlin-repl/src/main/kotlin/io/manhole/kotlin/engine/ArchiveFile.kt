package io.manhole.kotlin.engine

import java.io.File
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.StandardOpenOption
import java.nio.file.attribute.BasicFileAttributes

/**
 * The file that an [Archive] and those within are read from, which can be closed for a while. To be used by one thread at a time.
 *
 * @throws IOException when it cannot be read
 */
internal class ArchiveFile(file: File) : AutoCloseable {
    private val path = file.toPath()
    private val version = version()
    private var channel = open()

    val size: Long get() = channel.size()

    fun read(target: ByteBuffer, position: Long): Int = channel.read(target, position)

    /** Opens it again after [close]; false if it is not what it was. */
    fun reopen(): Boolean =
        try {
            channel = open()
            version() == version
        } catch (_: IOException) {
            false
        }

    private fun open() = FileChannel.open(path, StandardOpenOption.READ)

    private fun version() =
        Files.readAttributes(path, BasicFileAttributes::class.java).let { listOf(it.fileKey(), it.size(), it.lastModifiedTime()) }

    override fun close() = channel.close()
}
