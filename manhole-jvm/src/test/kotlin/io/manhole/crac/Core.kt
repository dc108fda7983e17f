package io.manhole.crac

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readLines

/** What a JDK with CRaC has, under a name of its own: `org.crac` finds it by the property `org.crac.Core.Compat`. */
interface Resource {
    fun beforeCheckpoint(context: Context<out Resource>?)

    fun afterRestore(context: Context<out Resource>?)
}

abstract class Context<R : Resource> : Resource {
    abstract fun register(resource: R)
}

class CheckpointException : Exception()

class RestoreException : Exception()

/** Makes no image, and tells what would have been in its way: open sockets and watches. */
object Core {
    private val resources = ArrayList<Resource>()

    private val global =
        object : Context<Resource>() {
            override fun register(resource: Resource) {
                resources += resource
            }

            override fun beforeCheckpoint(context: Context<out Resource>?) = resources.reversed().forEach { it.beforeCheckpoint(this) }

            override fun afterRestore(context: Context<out Resource>?) = resources.forEach { it.afterRestore(this) }
        }

    @JvmStatic
    fun getGlobalContext(): Context<Resource> = global

    /** Ours all have the path. The JDK keeps a nameless one, to put in the place of those that are closed under a reader. */
    private fun isOurs(inode: String): Boolean {
        val columns = Path.of("/proc/net/unix").readLines().map { it.trim().split(Regex(" +")) }
        return columns.singleOrNull { it[6] == inode }?.size != 7
    }

    @JvmStatic
    fun checkpointRestore() {
        global.beforeCheckpoint(null)
        val descriptors =
            Path.of("/proc/self/fd").listDirectoryEntries().mapNotNull { fd ->
                runCatching { Files.readSymbolicLink(fd).toString() }.getOrNull()
            }
        val sockets = descriptors.filter { it.startsWith("socket:") && isOurs(it.removeSurrounding("socket:[", "]")) }
        println("in the way of the checkpoint: ${sockets + descriptors.filter { "inotify" in it }}")
        global.afterRestore(null)
        println("restored")
    }
}
