package io.manhole.kotlin.engine.completion

import java.io.File
import java.io.IOException
import java.util.zip.ZipFile

/** Finds the sources of libraries: beside their jars as Maven lays them out, and the JDK's where it has any. */
internal class Sources(private val classPath: List<File>) {
    /** @property path of the archive and of the file inside */
    class SourceFile(val path: String, val text: String)

    /** The Java source of a top-level class. */
    fun ofJavaClass(packageName: String, simpleName: String): SourceFile? {
        val file = packageName.replace('.', '/') + "/" + simpleName
        for (archive in archivesFor("$file.class")) read(archive, "$file.java")?.let { return it }
        val module = ModuleLayer.boot().modules().firstOrNull { packageName in it.packages } ?: return null
        val jdk = File(System.getProperty("java.home"), "lib/src.zip").takeIf { it.isFile } ?: return null
        return read(jdk, "${module.name}/$file.java")
    }

    /**
     * The Kotlin sources of a package that mention a name; their files may be called anything.
     *
     * @param classFile a class of the library, `a/b/C.class`
     */
    fun ofKotlin(packageName: String, name: String, classFile: String, checkCanceled: () -> Unit): Sequence<SourceFile> =
        sequence {
            for (archive in archivesFor(classFile)) {
                ZipFile(archive).use { zip ->
                    for (entry in zip.entries()) {
                        checkCanceled()
                        if (!entry.name.endsWith(".kt") || entry.size > ENTRY_LIMIT) continue
                        val text = zip.getInputStream(entry).use { String(it.readAllBytes()) }
                        if (name in text && "package $packageName" in text) yield(SourceFile("$archive!/${entry.name}", text))
                    }
                }
            }
        }

    private fun archivesFor(classFile: String): List<File> =
        classPath.mapNotNull { jar -> sourcesOf(jar)?.takeIf { contains(jar, classFile) } }

    private fun sourcesOf(jar: File): File? =
        if (jar.extension != "jar") null else File(jar.parentFile, jar.nameWithoutExtension + "-sources.jar").takeIf { it.isFile }

    private fun contains(jar: File, entry: String): Boolean =
        try {
            ZipFile(jar).use { it.getEntry(entry) != null }
        } catch (_: IOException) {
            false
        }

    private fun read(archive: File, name: String): SourceFile? =
        try {
            ZipFile(archive).use { zip ->
                val entry = zip.getEntry(name)?.takeIf { it.size <= ENTRY_LIMIT } ?: return null
                SourceFile("$archive!/$name", zip.getInputStream(entry).use { String(it.readAllBytes()) })
            }
        } catch (_: IOException) {
            null
        }

    private companion object {
        /** The longest sources that people write have some hundred KB. */
        const val ENTRY_LIMIT = 2L shl 20
    }
}
