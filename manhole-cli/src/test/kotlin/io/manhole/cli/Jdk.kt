package io.manhole.cli

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.exists
import kotlin.io.path.isExecutable
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readLines

/** A JDK of this machine that can run us. */
internal data class Jdk(val home: Path, val version: Int) {
    override fun toString() = "JDK $version"

    companion object {
        /** The JDK that runs the tests, and its neighbours on disk. */
        val all: List<Jdk> by lazy {
            val own = Path.of(System.getProperty("java.home")).toRealPath()
            (listOf(own) + own.parent.listDirectoryEntries().filter { it.exists() }.map { it.toRealPath() })
                .distinct()
                .filter { it.resolve("bin/java").isExecutable() && Files.isRegularFile(it.resolve("release")) }
                .mapNotNull { home -> version(home)?.let { Jdk(home, it) } }
                .filter { it.version >= 17 }
        }

        private fun version(home: Path): Int? =
            home
                .resolve("release")
                .readLines()
                .firstNotNullOfOrNull { Regex("JAVA_VERSION=\"([0-9]+).*").matchEntire(it) }
                ?.groupValues
                ?.get(1)
                ?.toInt()
    }
}
