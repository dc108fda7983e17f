package io.manhole.cli

import io.manhole.testing.Ended
import io.manhole.testing.Jdk
import io.manhole.testing.Programs
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.setPosixFilePermissions

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

    /** For what the client keeps to start faster, instead of the user's own. */
    val cache: Path by lazy { executable.resolveSibling("cache") }

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
                environment()["XDG_CACHE_HOME"] = "$cache"
                environment.forEach { (name, value) ->
                    if (value == null) environment().remove(name) else environment()[name] = value
                }
            }.start()

    fun await(process: Process, stdin: String): Ended = Programs.await(process, stdin, DEADLINE_SECONDS)
}
