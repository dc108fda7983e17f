package io.manhole.kotlin.engine

import java.io.File
import java.io.IOException
import java.net.URLClassLoader
import java.util.jar.Attributes
import java.util.jar.JarFile

/** Finds the jars and folders that an application's classes come from. */
internal object ApplicationClassPath {
    /** Files that exist and what lies within them, each once, in the order in which the application looks through them. */
    fun of(loader: ClassLoader): List<ClassPathEntry> {
        val found = LinkedHashSet<ClassPathEntry>()
        val urls =
            generateSequence(loader) { it.parent }
                .toList()
                .asReversed()
                .filterIsInstance<URLClassLoader>()
                .flatMap { it.urLs.orEmpty().asList() }
        (systemEntries() + urls.mapNotNull { it?.let(ClassPathEntry::of) }).forEach { add(it, found) }
        return found.toList()
    }

    /** Whether all loaders say where their classes come from, in a way that is understood here. */
    fun isWhole(loader: ClassLoader): Boolean =
        generateSequence(loader) { it.parent }.all { each ->
            when {
                each === ClassLoader.getSystemClassLoader() || each === ClassLoader.getPlatformClassLoader() -> {
                    true
                }

                // A subclass may make classes of its own besides.
                each.javaClass == URLClassLoader::class.java -> {
                    (each as URLClassLoader).urLs.orEmpty().all {
                        ClassPathEntry.of(
                            it,
                        ) != null
                    }
                }

                else -> {
                    each is URLClassLoader && each.javaClass.name.startsWith("org.springframework.boot.loader.")
                }
            }
        }

    /** The jar or folder that a class comes from, or null where that cannot be told. */
    fun entryOf(type: Class<*>): ClassPathEntry? {
        val path = type.name.replace('.', '/') + CLASS_SUFFIX
        val url = (type.classLoader?.getResource(path) ?: return null).toString()
        val entry = ClassPathEntry.of(url.removeSuffix(path))
        return if (entry is ClassPathEntry.OnDisk && !entry.file.exists()) null else entry
    }

    private fun systemEntries(): List<ClassPathEntry> =
        listOf("java.class.path", "jdk.module.path")
            .mapNotNull(System::getProperty)
            .flatMap { it.split(File.pathSeparatorChar) }
            .filter { it.isNotEmpty() }
            .map { File(it).absoluteFile }
            .flatMap { if (isFolderOfJars(it)) it.listFiles().orEmpty().toList() else listOf(it) }
            .map(ClassPathEntry::OnDisk)

    /** A module path names folders of modules where a class path names the modules. */
    private fun isFolderOfJars(entry: File) =
        entry.isDirectory && entry.listFiles().orEmpty().let { files -> files.isNotEmpty() && files.all { it.extension == "jar" } }

    private fun add(entry: ClassPathEntry, found: MutableSet<ClassPathEntry>) {
        if (entry !is ClassPathEntry.OnDisk) {
            found += entry
            return
        }
        val file = entry.file.toPath().normalize().toFile()
        val known = ClassPathEntry.OnDisk(file)
        if (!file.exists() || known in found) return
        // The compiler would complain of what is no jar on the application's standard error.
        val named = if (file.isDirectory) emptyList() else manifestClassPath(file) ?: return
        found += known
        named.forEach { add(it, found) }
    }

    /** What else a jar says to look into; null if it is no jar, so that the application does without it too. */
    private fun manifestClassPath(jar: File): List<ClassPathEntry>? {
        val value =
            try {
                JarFile(jar).use { it.manifest?.mainAttributes?.getValue(Attributes.Name.CLASS_PATH) }
            } catch (_: IOException) {
                return null
            }
        return value.orEmpty().split(' ').filter { it.isNotEmpty() }.mapNotNull { relative ->
            try {
                ClassPathEntry.of(jar.toURI().resolve(relative).toString())
            } catch (_: IllegalArgumentException) {
                null
            }
        }
    }
}
