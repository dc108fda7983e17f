package io.manhole.kotlin.engine

import org.jetbrains.kotlin.com.intellij.openapi.vfs.VirtualFile
import java.io.File
import java.io.IOException

/**
 * What lies within jars as class path roots for the compiler, which itself reads files and folders only. Each outer jar is
 * open until this is closed, and can be opened again. On the compiler's thread only.
 */
internal class ArchiveRoots : AutoCloseable {
    private val fileSystem = MemoryFileSystem()
    private val outer = HashMap<File, Outer?>()
    private val compressed = ArrayList<String>()

    /** What the user has to know of jars that are out of reach, or null. */
    val warning: String?
        get() =
            compressed.firstOrNull()?.let {
                val others = if (compressed.size > 1) " and ${compressed.size - 1} more" else ""
                "the classes of $it$others cannot be named here: a jar within a jar is read only where it is not compressed again (jar -0)"
            }

    /** @property jars positions of what may be a jar within it, by name */
    private class Outer(val file: ArchiveFile) {
        val archive = Archive(file)
        val jars =
            HashMap<String, Long>().also { found ->
                archive.forEachEntry { name, position ->
                    if (!name.endsWith(CLASS_SUFFIX) &&
                        !name.endsWith('/')
                    ) {
                        found[name] = position
                    }
                }
            }
    }

    /** The folder that stands for an entry, or null where there is nothing to be read. */
    fun root(entry: ClassPathEntry.Nested): VirtualFile? {
        val outer = outer.getOrPut(entry.jar) { orNull { open(entry.jar) } } ?: return null
        val path = entry.jar.path + entry.within.joinToString("") { "!/$it" }
        return orNull {
            val jar = outer.jars[entry.within.first()]
            when {
                jar == null && entry.within.size == 1 -> {
                    ArchiveFolder.tree(fileSystem, path, outer.archive, entry.within.single().removeSuffix("/") + "/")
                }

                jar != null && entry.within.size == 1 -> {
                    val inner = outer.archive.within(jar)
                    if (inner == null) compressed += path
                    inner?.let { ArchiveFolder.tree(fileSystem, path, it, "") }
                }

                // No launcher goes deeper.
                else -> {
                    null
                }
            }
        }
    }

    private fun open(jar: File): Outer {
        val file = ArchiveFile(jar)
        try {
            return Outer(file)
        } catch (e: IOException) {
            file.close()
            throw e
        }
    }

    private fun <T> orNull(read: () -> T): T? =
        try {
            read()
        } catch (_: IOException) {
            // Not there, or damaged: the application does without it too.
            null
        }

    /** Opens the jars again after [close]; false if they are not what they were. */
    fun reopen(): Boolean = outer.values.all { it == null || it.file.reopen() }

    override fun close() = outer.values.forEach { it?.file?.close() }
}

/** A folder of an archive, with all that lies below it. */
private class ArchiveFolder(private val files: MemoryFileSystem, path: String, above: VirtualFile?, private val archive: Archive) :
    MemoryFolder(files, path, above) {
    private val folders = LinkedHashMap<String, ArchiveFolder>()
    private val positions = HashMap<String, Long>()

    override fun findChild(name: String): VirtualFile? = folders[name] ?: positions[name]?.let { file(name, it) }

    override fun getChildren(): Array<VirtualFile> = (folders.values + positions.map { file(it.key, it.value) }).toTypedArray()

    private fun file(name: String, position: Long) = MemoryFile(files, this, name) { archive.read(position) }

    private fun add(name: String, position: Long) {
        val slash = name.indexOf('/')
        if (slash < 0) {
            // The compiler asks for these two kinds of file only.
            if (name.endsWith(CLASS_SUFFIX) || name.endsWith(".kotlin_module")) positions[name] = position
            return
        }
        val first = name.substring(0, slash)
        folders.getOrPut(first) { ArchiveFolder(files, "$path/$first", this, archive) }.add(name.substring(slash + 1), position)
    }

    companion object {
        /** @param prefix empty, or the path of a folder with a slash at its end */
        fun tree(files: MemoryFileSystem, path: String, archive: Archive, prefix: String): ArchiveFolder {
            val root = ArchiveFolder(files, path, null, archive)
            archive.forEachEntry { name, position -> if (name.startsWith(prefix)) root.add(name.substring(prefix.length), position) }
            return root
        }
    }
}
