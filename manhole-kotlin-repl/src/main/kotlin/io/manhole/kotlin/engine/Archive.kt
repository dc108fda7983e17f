package io.manhole.kotlin.engine

import java.io.EOFException
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.zip.DataFormatException
import java.util.zip.Inflater
import java.util.zip.ZipException

/**
 * A jar that may lie within another one, read where it is. A launcher's jars are stored in its own without compression, so
 * that a jar within is a region of the file.
 *
 * Keeps nothing in memory; an entry is known by the position of its record in the file. To be used by one thread at a time.
 */
internal class Archive private constructor(private val file: ArchiveFile, private val start: Long, private val length: Long) {
    /** The archive that a whole file is. */
    constructor(file: ArchiveFile) : this(file, 0, file.size)

    /** Tells the name and the position of each entry. */
    fun forEachEntry(visit: (String, Long) -> Unit) {
        val end = endOfDirectory()
        val count = end.getShort(10).toInt() and 0xffff
        val size = end.unsignedInt(12)
        val first = end.unsignedInt(16)
        if (count == 0xffff || size == 0xffffffffL || first == 0xffffffffL) throw ZipException("too large to be read in place")
        readDirectory(start + first, size, count, visit)
    }

    /** The whole of the entry at a position. */
    fun read(position: Long): ByteArray {
        val entry = Entry(position)
        val stored = ByteArray(entry.storedSize)
        read(entry.offset, ByteBuffer.wrap(stored))
        return if (entry.isCompressed) inflate(stored, entry.size) else stored
    }

    /** The archive that the entry at a position is, or null where it is compressed, so that it cannot be read in place. */
    fun within(position: Long): Archive? = Entry(position).let { if (it.isCompressed) null else Archive(file, it.offset, it.size.toLong()) }

    private inner class Entry(position: Long) {
        private val central = block(position, CENTRAL_BYTES)
        private val local = block(start + central.unsignedInt(42), LOCAL_BYTES)
        val isCompressed = central.getShort(10).toInt() != 0
        val storedSize = size(20)
        val size = size(24)
        val offset: Long

        init {
            if (local.getInt(0) != LOCAL) throw ZipException("no entry where it should be: was the file replaced?")
            val nameAndExtra = (local.getShort(26).toInt() and 0xffff) + (local.getShort(28).toInt() and 0xffff)
            offset = start + central.unsignedInt(42) + LOCAL_BYTES + nameAndExtra
        }

        private fun size(at: Int): Int {
            val size = central.unsignedInt(at)
            if (size > Int.MAX_VALUE - 8) throw ZipException("too large to be read in place")
            return size.toInt()
        }
    }

    /** Searched for from the end, as a comment may follow it. */
    private fun endOfDirectory(): ByteBuffer {
        val tail = block(start + maxOf(0, length - END_BYTES - MAX_COMMENT), minOf(length, (END_BYTES + MAX_COMMENT).toLong()).toInt())
        for (at in tail.limit() - END_BYTES downTo 0) {
            if (tail.getInt(at) == END) return tail.slice(at, END_BYTES).order(ByteOrder.LITTLE_ENDIAN)
        }
        throw ZipException("not a jar")
    }

    private fun readDirectory(from: Long, size: Long, count: Int, visit: (String, Long) -> Unit) {
        if (size > MAX_DIRECTORY) throw ZipException("too large to be read in place")
        val directory = block(from, size.toInt())
        var at = 0
        repeat(count) {
            if (at + CENTRAL_BYTES > directory.limit() || directory.getInt(at) != CENTRAL) throw ZipException("damaged directory")
            val nameBytes = directory.getShort(at + 28).toInt() and 0xffff
            val others = (directory.getShort(at + 30).toInt() and 0xffff) + (directory.getShort(at + 32).toInt() and 0xffff)
            if (at + CENTRAL_BYTES + nameBytes > directory.limit()) throw ZipException("damaged directory")
            visit(String(directory.array(), at + CENTRAL_BYTES, nameBytes, Charsets.UTF_8), from + at)
            at += CENTRAL_BYTES + nameBytes + others
        }
    }

    private fun block(position: Long, bytes: Int): ByteBuffer =
        ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN).also { read(position, it) }

    private fun read(position: Long, target: ByteBuffer) {
        var at = position
        while (target.hasRemaining()) {
            val read = file.read(target, at)
            if (read < 0) throw EOFException("the file ends early")
            at += read
        }
    }

    private fun inflate(stored: ByteArray, size: Int): ByteArray {
        val inflater = Inflater(true)
        try {
            inflater.setInput(stored)
            val bytes = ByteArray(size)
            var done = 0
            while (done < size) {
                val read = inflater.inflate(bytes, done, size - done)
                if (read == 0) throw ZipException("a damaged entry")
                done += read
            }
            return bytes
        } catch (e: DataFormatException) {
            throw ZipException("a damaged entry: ${e.message}")
        } finally {
            inflater.end()
        }
    }

    companion object {
        private const val END = 0x06054b50
        private const val CENTRAL = 0x02014b50
        private const val LOCAL = 0x04034b50
        private const val END_BYTES = 22
        private const val CENTRAL_BYTES = 46
        private const val LOCAL_BYTES = 30
        private const val MAX_COMMENT = 0xffff

        /** Some half a million entries. */
        private const val MAX_DIRECTORY = 64L shl 20

        private fun ByteBuffer.unsignedInt(at: Int) = getInt(at).toLong() and 0xffffffffL
    }
}
