package io.manhole.samples.liveobjects

import java.nio.file.Path
import java.util.Properties
import kotlin.io.path.exists
import kotlin.io.path.inputStream
import kotlin.io.path.isExecutable
import kotlin.io.path.listDirectoryEntries

/** A Java installation on this machine. */
data class Jdk(val home: Path, val release: Int) {
    val java: Path get() = home.resolve("bin/java")

    override fun toString() = "JDK $release"
}

/** The Java installations that target processes are run under. */
object Jdks {
    /** The one that runs this process. */
    val current = Jdk(Path.of(System.getProperty("java.home")).toRealPath(), Runtime.version().feature())

    /** [current] and those of release 17 and later in the folders beside it, each once, the oldest first. */
    val all: List<Jdk> =
        current.home.parent
            .listDirectoryEntries()
            .map(Path::toRealPath)
            .mapNotNull(::jdkAt)
            .filter { it.release >= 17 }
            .plus(current)
            .distinctBy(Jdk::home)
            .sortedBy(Jdk::release)

    private fun jdkAt(home: Path): Jdk? {
        val description = home.resolve("release")
        if (!home.resolve("bin/java").isExecutable() || !description.exists()) return null
        val version = Properties().apply { description.inputStream().use(::load) }.getProperty("JAVA_VERSION") ?: return null
        return Jdk(home, Runtime.Version.parse(version.trim('"')).feature())
    }
}
