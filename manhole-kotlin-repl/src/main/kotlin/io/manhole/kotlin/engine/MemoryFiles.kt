package io.manhole.kotlin.engine

import org.jetbrains.kotlin.com.intellij.ide.highlighter.JavaClassFileType
import org.jetbrains.kotlin.com.intellij.openapi.fileTypes.FileType
import org.jetbrains.kotlin.com.intellij.openapi.fileTypes.UnknownFileType
import org.jetbrains.kotlin.com.intellij.openapi.vfs.DeprecatedVirtualFileSystem
import org.jetbrains.kotlin.com.intellij.openapi.vfs.VirtualFile
import java.io.InputStream
import java.io.OutputStream

internal class MemoryFileSystem : DeprecatedVirtualFileSystem() {
    override fun getProtocol() = "file"

    override fun findFileByPath(path: String): VirtualFile? = null

    override fun refresh(asynchronous: Boolean) = Unit

    override fun refreshAndFindFileByPath(path: String): VirtualFile? = null
}

/** A read-only file or folder that the compiler sees and no disk has. */
internal sealed class MemoryNode(private val files: MemoryFileSystem, private val fullPath: String, private val above: VirtualFile?) :
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

internal abstract class MemoryFolder(files: MemoryFileSystem, path: String, above: VirtualFile?) : MemoryNode(files, path, above) {
    override fun isDirectory() = true

    override fun contentsToByteArray(): ByteArray = throw UnsupportedOperationException("$path is a folder")

    override fun getInputStream(): InputStream = throw UnsupportedOperationException("$path is a folder")

    override fun getLength() = 0L
}

/** @param read called whenever the contents are wanted */
internal class MemoryFile(files: MemoryFileSystem, folder: VirtualFile, name: String, private val read: () -> ByteArray) :
    MemoryNode(files, folder.path + "/" + name, folder) {
    override fun isDirectory() = false

    override fun getChildren(): Array<VirtualFile> = emptyArray()

    override fun findChild(name: String): VirtualFile? = null

    override fun getFileType(): FileType = if (name.endsWith(CLASS_SUFFIX)) JavaClassFileType.INSTANCE else UnknownFileType.INSTANCE

    override fun contentsToByteArray() = read()

    override fun getInputStream(): InputStream = read().inputStream()

    override fun getLength() = read().size.toLong()
}

/** How the names of the compiler's class files end. */
internal const val CLASS_SUFFIX = ".class"
