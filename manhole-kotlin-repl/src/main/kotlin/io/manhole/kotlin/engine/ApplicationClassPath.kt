package io.manhole.kotlin.engine

import java.io.File
import java.io.IOException
import java.net.URI
import java.net.URISyntaxException
import java.net.URL
import java.net.URLClassLoader
import java.util.jar.Attributes
import java.util.jar.JarFile

/** Finds the jars and folders that an application's classes come from. */
internal object ApplicationClassPath {
    /** Existing files, each once, in the order in which the application looks through them. */
    fun of(loader: ClassLoader): List<File> {
        val found = LinkedHashSet<File>()
        generateSequence(loader) { it.parent }
            .toList()
            .asReversed()
            .filterIsInstance<URLClassLoader>()
            .flatMap { it.urLs.asList() }
            .let { urls -> (systemEntries() + urls.mapNotNull(::fileOf)).forEach { add(it, found) } }
        return found.toList()
    }

    /** The jar or folder that a class comes from, or null where that is no file. */
    fun entryOf(type: Class<*>): File? {
        val path = type.name.replace('.', '/') + ".class"
        val url = (type.classLoader?.getResource(path) ?: return null).toString()
        val entry = url.removePrefix("jar:").removeSuffix(path).removeSuffix("/").removeSuffix("!")
        if (!entry.startsWith("file:") || '!' in entry) return null
        return fileOf(URI(entry).toURL())?.takeIf { it.exists() }
    }

    private fun systemEntries(): List<File> =
        listOf("java.class.path", "jdk.module.path")
            .mapNotNull(System::getProperty)
            .flatMap { it.split(File.pathSeparatorChar) }
            .filter { it.isNotEmpty() }
            .map { File(it).absoluteFile }
            .flatMap { if (isFolderOfJars(it)) it.listFiles().orEmpty().toList() else listOf(it) }

    /** A module path names folders of modules where a class path names the modules. */
    private fun isFolderOfJars(entry: File) =
        entry.isDirectory && entry.listFiles().orEmpty().let { files -> files.isNotEmpty() && files.all { it.extension == "jar" } }

    private fun add(entry: File, found: MutableSet<File>) {
        val file = entry.toPath().normalize().toFile()
        if (!file.exists() || !found.add(file) || file.isDirectory) return
        manifestClassPath(file).forEach { add(it, found) }
    }

    private fun manifestClassPath(jar: File): List<File> {
        val value =
            try {
                JarFile(jar).use { it.manifest?.mainAttributes?.getValue(Attributes.Name.CLASS_PATH) }
            } catch (_: IOException) {
                // Not a jar; the application does without it too.
                null
            }
        return value.orEmpty().split(' ').filter { it.isNotEmpty() }.mapNotNull { relative ->
            try {
                fileOf(jar.toURI().resolve(relative).toURL())
            } catch (_: IllegalArgumentException) {
                null
            } catch (_: IOException) {
                null
            }
        }
    }

    private fun fileOf(url: URL): File? =
        try {
            if (url.protocol == "file") File(url.toURI()) else null
        } catch (_: URISyntaxException) {
            File(url.path)
        } catch (_: IllegalArgumentException) {
            null
        }
}
