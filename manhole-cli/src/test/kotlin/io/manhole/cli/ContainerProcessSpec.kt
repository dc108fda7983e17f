package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.core.test.Enabled
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.testing.Ended
import io.manhole.testing.Jdk
import io.manhole.testing.Programs
import io.manhole.testing.awaitThat
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.jvm.optionals.getOrNull

/** A process with other pids and other files than ours, as in a container, is reached by the pid that we know it by. */
class ContainerProcessSpec :
    FunSpec({
        val two = Ended(0, "2\n", "")
        val folder = Files.createTempDirectory("container")
        val shared = Files.createTempDirectory(Path.of("/var/tmp"), "shared")
        afterSpec { listOf(folder, shared).forEach { it.toFile().deleteRecursively() } }

        for (jdk in Jdk.all) {
            context("$jdk:").config(enabledOrReasonIf = { lackingNamespaces(jdk) }) {
                fun Contained.run(vararg arguments: String) = Cli.run(jdk, "$pid", *arguments, "-e", "1+1")

                test("at the usual path, which is made of the pid inside; listed, too") {
                    Contained(jdk, "banner=hello").use {
                        it.run() shouldBe two
                        val entries = Cli.run(jdk, "ls", "--json").out.lines().filter { line -> "\"pid\":${it.pid}," in line }
                        entries shouldHaveSize 1
                        entries.single() shouldContain "\"socket\":\"/proc/${it.pid}/root/tmp/manhole-1\""
                    }
                }

                test("at a path that is as long as it may be inside, and too long from outside") {
                    val path = "/tmp/app/".padEnd(106, 'x')
                    Contained(jdk, "socketPath=$path", prepare = "mkdir /tmp/app").use { it.run() shouldBe two }
                }

                test("links inside lead to where the process would be led, not to our files") {
                    Files.createDirectories(folder.resolve("real"))
                    ScriptedServer(folder.resolve("real/manhole")).use { trap ->
                        val links = "mkdir -p $folder/real && ln -s $folder/real /tmp/link"
                        Contained(jdk, "socketPath=/tmp/link/manhole", prepare = links).use { it.run() shouldBe two }
                        trap.connections.get() shouldBe 0
                    }
                }

                test("a link inside in the place of the socket is refused") {
                    ScriptedServer(folder.resolve("socket")).use { trap ->
                        Contained(jdk, prepare = "ln -s $folder/socket /tmp/manhole-1").use {
                            val ended = it.run("-t", "0")
                            ended.status shouldBe 5
                            ended.err shouldContain "has no manhole at /proc/${it.pid}/root/tmp/manhole-1"
                        }
                        trap.connections.get() shouldBe 0
                    }
                }

                test("it is woken by a signal") {
                    Contained(jdk, "activateOn=USR1").use { it.run("-1") shouldBe two }
                }

                test("it is woken through its trigger file, with the pid that it knows itself by") {
                    val file = shared.resolve("trigger-${jdk.version}")
                    Contained(jdk, "triggerFile=$file").use {
                        it.run("--trigger-file", "$file") shouldBe two
                        Files.readString(file) shouldBe "1\n"
                    }
                }
            }
        }

        test("one of our own processes is not taken for one with the same pid in a namespace of its own")
            .config(enabledOrReasonIf = { lackingNamespaces(Jdk.current) }) {
                val unshare = ProcessBuilder("unshare", "-p", "-f", "--kill-child", "sleep", "60").start()
                try {
                    val sleep = awaitChild(unshare, "sleep")
                    ScriptedServer(Path.of("/tmp/manhole-1")).use { server ->
                        val ended = Cli.run(Jdk.current, "$sleep", "-t", "0", "-e", "1+1")
                        ended.status shouldBe 5
                        ended.err shouldContain "process $sleep (sleep, not a JVM) has no manhole at /tmp/manhole-1"
                        server.connections.get() shouldBe 0
                    }
                } finally {
                    unshare.destroyForcibly().waitFor()
                }
            }
    })

/** A [SocketTarget] with a pid namespace, and a /tmp, of its own. */
private class Contained(jdk: Jdk, vararg options: String, prepare: String = "true") : AutoCloseable {
    private val unshare =
        ProcessBuilder(
            listOf("unshare", "-m", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c") +
                "mount --bind /tmp /mnt && mount -t tmpfs tmpfs /tmp && $prepare && exec \"\$@\"" +
                listOf("sh", "${jdk.java}", "-Xmx256m", "-cp", CLASS_PATH, SocketTarget::class.java.name) +
                options,
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()

    val pid: Long

    init {
        check(unshare.inputStream.bufferedReader().readLine() == "ready") { "not ready" }
        pid = awaitChild(unshare, "java")
    }

    override fun close() {
        unshare.destroyForcibly()
        check(unshare.waitFor(30, TimeUnit.SECONDS)) { "${unshare.pid()} cannot be killed" }
    }
}

/** Ours, where it is found behind the other /tmp. */
private val CLASS_PATH =
    System.getProperty("java.class.path").split(':').joinToString(":") { it.replaceFirst(Regex("^/tmp/"), "/mnt/") }

private fun awaitChild(parent: Process, name: String): Long {
    fun child() = parent.children().findFirst().getOrNull()
    awaitThat { child()?.info()?.command()?.getOrNull()?.endsWith(name) == true }
    return checkNotNull(child()).pid()
}

private fun lackingNamespaces(jdk: Jdk): Enabled {
    val tried =
        if (Programs.find("unshare") ==
            null
        ) {
            null
        } else {
            Programs.run("unshare", "-m", "-p", "-f", "--mount-proc", "${jdk.java}", "-version")
        }
    return if (tried?.status == 0) {
        Enabled.enabled
    } else {
        Enabled.disabled("needs unshare (Debian: util-linux) and the right to make namespaces").also {
            println("SKIPPED: no namespaces: ${tried?.err}")
        }
    }
}
