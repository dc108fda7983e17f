package io.manhole.kotlin.engine

import org.jetbrains.kotlin.com.intellij.openapi.vfs.VirtualFile
import java.util.concurrent.ConcurrentHashMap

/**
 * The compiled classes of earlier snippets, as a class path root in memory.
 *
 * The compiler asks once for the names of all classes in a package and keeps the answer. So a package is a block of
 * [SnippetName.BLOCK] names, announced before the classes exist; there is no end to the number of blocks.
 */
internal class SnippetRoot {
    private val fileSystem = MemoryFileSystem()
    private val classes = ConcurrentHashMap<String, ByteArray>()
    private val packages = ConcurrentHashMap<String, VirtualFile>()

    /** Top-level class names of every snippet package. */
    val announced: Set<String> = (0 until SnippetName.BLOCK).mapTo(HashSet()) { "S$it" }

    val folder: VirtualFile =
        object : MemoryFolder(fileSystem, PATH, null) {
            override fun findChild(name: String) = packageFolder(name)

            override fun getChildren(): Array<VirtualFile> = packages.values.toTypedArray()
        }

    /** Makes the classes of a snippet known; keys are internal names such as `r0_1/S2$Foo`. */
    fun add(compiled: Map<String, ByteArray>) = classes.putAll(compiled)

    /** Forgets the classes of a closed session. */
    fun removeSession(session: Int) {
        val prefix = SnippetName.packagePrefix(session)
        classes.keys.removeIf { it.startsWith(prefix) }
        packages.keys.removeIf { it.startsWith(prefix) }
    }

    fun file(internalName: String): VirtualFile? {
        val bytes = classes[internalName] ?: return null
        val folder = packageFolder(internalName.substringBefore('/')) ?: return null
        return MemoryFile(fileSystem, folder, internalName.substringAfter('/') + CLASS_SUFFIX) { bytes }
    }

    private fun packageFolder(name: String): VirtualFile? {
        if (!SnippetName.isPackage(name)) return null
        return packages.computeIfAbsent(name) {
            object : MemoryFolder(fileSystem, "$PATH/$name", folder) {
                override fun findChild(name: String) = classFile(this.name, name)

                override fun getChildren(): Array<VirtualFile> = emptyArray()
            }
        }
    }

    /** Only names of class files may be answered: the compiler asks for others too. */
    private fun classFile(packageName: String, file: String): VirtualFile? =
        if (file.endsWith(CLASS_SUFFIX)) file("$packageName/${file.removeSuffix(CLASS_SUFFIX)}") else null

    private companion object {
        const val PATH = "/manhole-snippets"
    }
}
