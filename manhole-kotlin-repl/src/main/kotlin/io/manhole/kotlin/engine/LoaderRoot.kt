package io.manhole.kotlin.engine

import org.jetbrains.kotlin.com.intellij.openapi.vfs.VirtualFile
import java.io.IOException

/**
 * A class loader as a class path root, for loaders that do not say where their classes come from: those of module systems, and
 * of code made in memory. The compiler wants to know what a package holds before it asks for a class, and such a loader cannot
 * tell; so the root has the classes that are known by other means. On the compiler's thread only.
 *
 * @param classes binary names of top-level classes
 */
internal class LoaderRoot(private val loader: ClassLoader, classes: Set<String>) {
    private val fileSystem = MemoryFileSystem()

    val folder: VirtualFile = Folder("/manhole-loader", null, "").also { root -> classes.forEach { root.add(it) } }

    private inner class Folder(path: String, above: VirtualFile?, private val prefix: String) : MemoryFolder(fileSystem, path, above) {
        private val folders = LinkedHashMap<String, Folder>()
        private val names = LinkedHashSet<String>()

        fun add(name: String) {
            val dot = name.indexOf('.')
            if (dot < 0) {
                names += name
                return
            }
            val first = name.substring(0, dot)
            folders.getOrPut(first) { Folder("$path/$first", this, "$prefix$first/") }.add(name.substring(dot + 1))
        }

        override fun findChild(name: String): VirtualFile? {
            if (!name.endsWith(CLASS_SUFFIX)) return folders[name]
            val isKnown = name.removeSuffix(CLASS_SUFFIX) in names || name.substringBefore('$') in names
            return if (isKnown) read(prefix + name)?.let { file(name, it) } else null
        }

        override fun getChildren(): Array<VirtualFile> =
            (
                folders.values +
                    names.mapNotNull { name ->
                        read("$prefix$name$CLASS_SUFFIX")?.let { file(name + CLASS_SUFFIX, it) }
                    }
            ).toTypedArray()

        private fun file(name: String, bytes: ByteArray) = MemoryFile(fileSystem, this, name) { bytes }
    }

    /** The application's code runs here, and may not keep its contract. */
    private fun read(path: String): ByteArray? =
        try {
            loader.getResourceAsStream(path)?.use { it.readAllBytes() }
        } catch (_: IOException) {
            null
        } catch (_: RuntimeException) {
            null
        } catch (_: LinkageError) {
            null
        }
}
