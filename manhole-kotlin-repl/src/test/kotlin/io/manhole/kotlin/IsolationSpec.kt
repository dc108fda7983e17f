package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.manhole.repl.ReplProvider
import io.manhole.testing.Jdk
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.io.path.createTempFile
import kotlin.io.path.deleteIfExists
import kotlin.io.path.readText

/** Real applications with a Kotlin of their own, or none, on every JDK that lies beside this one. */
class IsolationSpec :
    FunSpec({
        val own = listOf(KotlinReplProvider::class.java, ReplProvider::class.java, IsolatedApplication::class.java).map(::location)
        val others = Path.of(System.getProperty("other.kotlin"))

        for (jdk in Jdk.all) {
            // Loaders, threads, files and system properties are looked at in the application that is pure Java.
            for ((kotlin, rounds) in listOf("none" to 4, "1.9.25" to 1, "2.4.21" to 1)) {
                test("an application with Kotlin $kotlin on $jdk") {
                    val classPath = own + if (kotlin == "none") emptyList() else listOf(others.resolve("kotlin-stdlib-$kotlin.jar"))
                    val output = runApplication(jdk, classPath, IsolatedApplication::class.java, kotlin, rounds.toString())
                    withClue(output) { output.lines().filter { it.isNotBlank() } shouldBe listOf("done") }
                }
            }
        }
    })

internal fun location(type: Class<*>) = Path.of(type.protectionDomain.codeSource.location.toURI())

/** Output and errors of the application as one text: a warning of the JVM's is as wrong as a wrong answer. */
internal fun runApplication(jdk: Jdk, classPath: List<Path>, main: Class<*>, vararg arguments: String): String {
    val output = createTempFile("isolated", ".txt")
    val command =
        listOf(jdk.java.toString(), "-Xmx256m", "-cp", classPath.joinToString(":"), main.name)
    val process = ProcessBuilder(command + arguments).redirectErrorStream(true).redirectOutput(output.toFile()).start()
    try {
        val ended = process.waitFor(150, TimeUnit.SECONDS)
        return output.readText() + if (ended) "" else "\nstill running"
    } finally {
        process.destroyForcibly().waitFor()
        output.deleteIfExists()
    }
}
