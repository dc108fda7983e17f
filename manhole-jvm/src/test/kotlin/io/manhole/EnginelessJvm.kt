package io.manhole

import io.manhole.testing.Jdk
import io.manhole.testing.PlainClient
import io.manhole.testing.TargetJvm
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.reflect.KClass

/** A target whose class path has no engine, and none of our tests but the program itself: only commands can be evaluated. */
class EnginelessJvm(jdk: Jdk, main: KClass<*>, jvmArguments: List<String> = emptyList(), arguments: List<String> = emptyList()) :
    AutoCloseable {
    /** Its folder for temporary files too. */
    val folder: Path = Files.createTempDirectory("manhole-test")
    val temporary: Path = Files.createDirectory(folder.resolve("tmp"))
    val jvm: TargetJvm

    init {
        val name = checkNotNull(main.qualifiedName)
        val classes = Path.of(main.java.protectionDomain.codeSource.location.toURI()).resolve("io/manhole")
        val copies = Files.createDirectories(folder.resolve("classes/io/manhole"))
        classes.listDirectoryEntries("${main.simpleName}*.class").forEach { Files.copy(it, copies.resolve(it.name)) }
        val classPath = System.getProperty("java.class.path").split(':').filterNot { it.endsWith("test-classes") }
        jvm =
            TargetJvm(
                jdk,
                name,
                classPath = (classPath + "${folder.resolve("classes")}").joinToString(":"),
                jvmArguments = modules(jvmArguments) + "-Djava.io.tmpdir=$temporary",
                arguments = arguments,
            )
        jvm.awaitLine("installed")
    }

    /** The JDK has an engine of its own, JShell, which is left out. */
    private fun modules(jvmArguments: List<String>) =
        if ("--limit-modules" in jvmArguments) {
            jvmArguments
        } else {
            jvmArguments + listOf("--limit-modules", "java.base,java.management,jdk.jfr,jdk.management,jdk.net,jdk.unsupported")
        }

    fun connect(): PlainClient = PlainClient(jvm.socketPath)

    /** What one line gets from a client of its own. */
    fun ask(line: String): String = connect().use { it.greeted().eval(line) }

    fun tell(line: String) {
        jvm.tell(line)
        jvm.awaitLine("done $line")
    }

    override fun close() {
        jvm.close()
        folder.toFile().deleteRecursively()
    }
}
