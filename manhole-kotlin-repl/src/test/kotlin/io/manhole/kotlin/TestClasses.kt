package io.manhole.kotlin

import java.io.ByteArrayOutputStream
import java.nio.file.Files
import java.nio.file.Path
import java.util.jar.Attributes
import java.util.jar.JarOutputStream
import java.util.jar.Manifest
import java.util.zip.CRC32
import java.util.zip.ZipEntry
import javax.tools.ToolProvider
import kotlin.io.path.createDirectories
import kotlin.io.path.name
import kotlin.io.path.readBytes
import kotlin.io.path.relativeTo
import kotlin.io.path.walk
import kotlin.io.path.writeText

/** Classes compiled for one test, and jars made of them. */
class TestClasses(private val folder: Path) {
    /** Compiles Java sources, by the names of their files; returns the folder with the classes. */
    fun compile(name: String, vararg sources: Pair<String, String>, options: List<String> = emptyList()): Path {
        val classes = folder.resolve(name).createDirectories()
        val files =
            sources.map { (file, text) ->
                folder.resolve("$name-sources").resolve(file).also {
                    it.parent.createDirectories()
                    it.writeText(text)
                }
            }
        val arguments = listOf("-d", "$classes", "-proc:none", "--release", "17") + options + files.map { "$it" }
        val messages = ByteArrayOutputStream()
        check(ToolProvider.getSystemJavaCompiler().run(null, messages, messages, *arguments.toTypedArray()) == 0) { "$messages" }
        return classes
    }

    /** Packs folders, each under a prefix such as `BOOT-INF/classes/`, and jars, which are stored as they are or compressed. */
    fun jar(file: Path, vararg contents: Pair<String, Path>, manifest: Map<String, String> = emptyMap(), compress: Boolean = false): Path {
        val attributes = Manifest()
        attributes.mainAttributes[Attributes.Name.MANIFEST_VERSION] = "1.0"
        manifest.forEach { (key, value) -> attributes.mainAttributes[Attributes.Name(key)] = value }
        JarOutputStream(Files.newOutputStream(file), attributes).use { jar ->
            for ((prefix, source) in contents) {
                if (Files.isDirectory(source)) {
                    source.walk().sorted().forEach {
                        jar.putNextEntry(ZipEntry("$prefix${it.relativeTo(source)}"))
                        jar.write(it.readBytes())
                    }
                } else {
                    jar.putNextEntry(if (compress) ZipEntry(prefix + source.name) else stored(prefix + source.name, source.readBytes()))
                    jar.write(source.readBytes())
                }
            }
        }
        return file
    }

    private fun stored(name: String, bytes: ByteArray) =
        ZipEntry(name).apply {
            method = ZipEntry.STORED
            size = bytes.size.toLong()
            compressedSize = size
            crc = CRC32().also { it.update(bytes) }.value
        }
}
