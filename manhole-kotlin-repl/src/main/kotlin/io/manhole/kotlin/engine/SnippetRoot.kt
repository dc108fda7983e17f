package io.manhole.kotlin.engine

import org.jetbrains.kotlin.com.intellij.ide.highlighter.JavaClassFileType
import org.jetbrains.kotlin.com.intellij.openapi.fileTypes.FileType
import org.jetbrains.kotlin.com.intellij.openapi.vfs.DeprecatedVirtualFileSystem
import org.jetbrains.kotlin.com.intellij.openapi.vfs.VirtualFile
import java.io.InputStream
import java.io.OutputStream
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

    val folder: VirtualFile = MemoryFolder(fileSystem, PATH, null, find = { packageFolder(it) }, list = { packages.values })

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
        return MemoryClassFile(fileSystem, folder, internalName.substringAfter('/') + CLASS, bytes)
    }

    private fun packageFolder(name: String): VirtualFile? {
        if (!SnippetName.isPackage(name)) return null
        return packages.computeIfAbsent(name) {
            MemoryFolder(fileSystem, "$PATH/$name", folder, find = { file -> classFile(name, file) }, list = { emptyList() })
        }
    }

    /** Only names of class files may be answered: the compiler asks for others too. */
    private fun classFile(packageName: String, file: String): VirtualFile? =
        if (file.endsWith(CLASS)) file("$packageName/${file.removeSuffix(CLASS)}") else null

    private companion object {
        const val PATH = "/manhole-snippets"
        const val CLASS = ".class"
    }
}

internal class MemoryFileSystem : DeprecatedVirtualFileSystem() {
    override fun getProtocol() = "file"

    override fun findFileByPath(path: String): VirtualFile? = null

    override fun refresh(asynchronous: Boolean) = Unit

    override fun refreshAndFindFileByPath(path: String): VirtualFile? = null
}

/** A read-only file or folder that the compiler sees and no disk has. */
internal abstract class MemoryFile(private val files: MemoryFileSystem, private val fullPath: String, private val above: VirtualFile?) :
    VirtualFile() {
    override fun getName() = fullPath.substringAfterLast('/')

    override fun getFileSystem() = files

    override fun getPath() = fullPath

    override fun isWritable() = false

    override fun isValid() = true

    override fun getParent() = above

    override fun getOutputStream(requestor: Any?, newModificationStamp: Long, newTimeStamp: Long): OutputStream =
        throw UnsupportedOperationException("$fullPath is read-only")

    override fun getTimeStamp() = 0L

    override fun getModificationStamp() = 0L

    override fun refresh(asynchronous: Boolean, recursive: Boolean, postRunnable: Runnable?) = Unit
}

private class MemoryFolder(
    files: MemoryFileSystem,
    path: String,
    above: VirtualFile?,
    private val find: (String) -> VirtualFile?,
    private val list: () -> Collection<VirtualFile>,
) : MemoryFile(files, path, above) {
    override fun isDirectory() = true

    override fun getChildren(): Array<VirtualFile> = list().toTypedArray()

    override fun findChild(name: String) = find(name)

    override fun contentsToByteArray(): ByteArray = throw UnsupportedOperationException("$path is a folder")

    override fun getInputStream(): InputStream = throw UnsupportedOperationException("$path is a folder")

    override fun getLength() = 0L
}

private class MemoryClassFile(files: MemoryFileSystem, folder: VirtualFile, name: String, private val bytes: ByteArray) :
    MemoryFile(files, folder.path + "/" + name, folder) {
    override fun isDirectory() = false

    override fun getChildren(): Array<VirtualFile> = emptyArray()

    override fun findChild(name: String): VirtualFile? = null

    override fun getFileType(): FileType = JavaClassFileType.INSTANCE

    override fun contentsToByteArray() = bytes

    override fun getInputStream(): InputStream = bytes.inputStream()

    override fun getLength() = bytes.size.toLong()
}
