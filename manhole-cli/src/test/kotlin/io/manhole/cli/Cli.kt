package io.manhole.cli

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.io.path.setPosixFilePermissions

/** What a process left behind. */
internal data class Ended(val status: Int, val out: String, val err: String)

/** Runs the executable file as a user would. */
internal object Cli {
    private const val DEADLINE_SECONDS = 60L

    /** A copy where every user can reach it, whatever the rights of the folders above the build. */
    val executable: Path by lazy {
        val built = Path.of(checkNotNull(System.getProperty("manhole.cli.executable")) { "the build sets it" })
        val folder = publicFolder()
        val copy = Files.copy(built, folder.resolve("manhole-cli"))
        copy.setPosixFilePermissions(PosixFilePermissions.fromString("rwxr-xr-x"))
        copy.toFile().deleteOnExit()
        copy
    }

    /** A new folder that every user may look into; with what is in it, it goes when the tests end. */
    fun publicFolder(): Path {
        val folder = Files.createTempDirectory("manhole-cli-test")
        folder.setPosixFilePermissions(PosixFilePermissions.fromString("rwxr-xr-x"))
        Runtime.getRuntime().addShutdownHook(Thread { folder.toFile().deleteRecursively() })
        return folder
    }

    fun run(
        jdk: Jdk,
        vararg arguments: String,
        stdin: String = "",
        uid: Int? = null,
        environment: Map<String, String> = emptyMap(),
    ): Ended {
        val user = if (uid == null) emptyList() else listOf("setpriv", "--reuid=$uid", "--regid=$uid", "--clear-groups")
        val process = start(user + executable.toString() + arguments, mapOf("JAVA_HOME" to "${jdk.home}") + environment)
        return await(process, stdin)
    }

    fun start(command: List<String>, environment: Map<String, String?>): Process =
        ProcessBuilder(command)
            .apply {
                environment.forEach { (name, value) ->
                    if (value == null) environment().remove(name) else environment()[name] = value
                }
            }.start()

    fun await(process: Process, stdin: String): Ended {
        val out = read { process.inputStream.readBytes() }
        val err = read { process.errorStream.readBytes() }
        runCatching { process.outputStream.use { it.write(stdin.toByteArray()) } } // it may end without reading
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly()
            error("not ended after $DEADLINE_SECONDS s; out: ${String(out.get())} err: ${String(err.get())}")
        }
        return Ended(process.exitValue(), String(out.get()), String(err.get()))
    }

    private fun read(stream: () -> ByteArray) = CompletableFuture.supplyAsync(stream)
}
