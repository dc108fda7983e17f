package io.manhole

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.manhole.testing.Jdk
import io.manhole.testing.PlainClient
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.requireTools
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name

/** What only a process of its own can show: how it ends, and what it finds of another that has ended. */
class ProcessSpec : FunSpec() {
    private fun target(jdk: Jdk, vararg arguments: String, jvmArguments: List<String> = emptyList()) =
        TargetJvm(jdk, "io.manhole.Target", jvmArguments = jvmArguments, arguments = arguments.toList())

    private fun TargetJvm.installed() = apply { awaitLine("installed") }

    init {
        for (jdk in Jdk.all) {
            context("$jdk") {
                for ((signal, status) in listOf("TERM" to 143, "INT" to 130, "HUP" to 129)) {
                    test("SIG$signal removes the socket").config(enabledOrReasonIf = requireTools("kill", "env")) {
                        target(jdk).use {
                            it.installed().signal(signal)
                            it.awaitEnd() shouldBe status
                            it.socketPath.exists() shouldBe false
                        }
                    }
                }

                for ((how, status) in listOf("return" to 0, "exit" to 3, "throw" to 1)) {
                    test("the socket is removed when the application ends by $how") {
                        target(jdk).use {
                            it.installed().tell(how)
                            it.awaitEnd() shouldBe status
                            it.socketPath.exists() shouldBe false
                        }
                    }
                }

                test("what kill -9 leaves behind, the next start with that path replaces") {
                    val folder = Files.createTempDirectory("manhole-test")
                    val path = folder.resolve("fixed.sock")
                    target(jdk, "$path").use {
                        it.installed().signal("KILL")
                        it.awaitEnd()
                        path.exists() shouldBe true
                    }
                    target(jdk, "$path").use {
                        it.installed()
                        PlainClient(path).use { client -> client.greeted().eval("text") shouldBe "text\n" }
                    }
                    folder.toFile().deleteRecursively()
                }

                test("the process stays while a client is connected, and ends when it leaves") {
                    target(jdk).use {
                        val client = PlainClient(it.installed().socketPath).greeted()
                        it.tell("return")
                        it.awaitLine("main returns")
                        client.eval("still") shouldBe "still\n"
                        client.close()
                        it.awaitEnd() shouldBe 0
                        it.socketPath.exists() shouldBe false
                    }
                }

                test("with daemonConnection the process ends, client or not") {
                    target(jdk, "daemon").use {
                        PlainClient(it.installed().socketPath).use { client ->
                            client.greeted()
                            it.tell("return")
                            it.awaitEnd() shouldBe 0
                        }
                    }
                }

                test("nothing but the verbose log appears on the application's streams") {
                    // Without the option, the virtual machine itself warns of native libraries from Java 24 on.
                    target(jdk, jvmArguments = listOf("--enable-native-access=ALL-UNNAMED")).use {
                        PlainClient(it.installed().socketPath).use { client ->
                            client.greeted().eval("text")
                            it.tell("say")
                            it.awaitLine("the application says something")
                        }
                        it.awaitLine("connection 1 ended")
                        it.tell("exit")
                        it.awaitEnd()
                        it.output.filterNot { line -> line.startsWith("Manhole[") }.sorted() shouldBe
                            listOf("installed", "the application says something")
                    }
                }

                test("where junixsocket's native library cannot load, the JDK's own channels serve") {
                    target(jdk, jvmArguments = listOf("-Dorg.newsclub.net.unix.library.disable=true")).use {
                        val client = PlainClient(it.installed().socketPath).greeted()
                        client.eval("text") shouldBe "text\n"
                        client.send("begin\n")
                        client.readUntil("... ")
                        client.send(byteArrayOf(3))
                        client.readUntil(PlainClient.PROMPT)
                        client.send("more\n")
                        client.endInput()
                        client.readToEnd() shouldEndWith "more\n>>> \nnow exiting ManholeConsole...\n"
                        it.awaitLine("connection 1 from pid ?, uid ${ProcessUser.current().uid()}")
                        client.close()
                        Files.delete(it.socketPath)
                        awaitThat({ "not put back" }) { it.socketPath.exists() }
                        it.signal("TERM")
                        it.awaitEnd() shouldBe 143
                        it.socketPath.exists() shouldBe false
                    }
                }

                test("without any engine there is still a prompt for the commands") {
                    val classPath = System.getProperty("java.class.path").split(':').filterNot { it.endsWith("test-classes") }
                    val program = Files.createTempDirectory("manhole-test")
                    val classes = Path.of(Target::class.java.protectionDomain.codeSource.location.toURI()).resolve("io/manhole")
                    val copies = Files.createDirectories(program.resolve("io/manhole"))
                    classes.listDirectoryEntries("Target*.class").forEach { Files.copy(it, copies.resolve(it.name)) }
                    // As in an image made by jlink: what JShell is made of is not there.
                    val modules = listOf("--limit-modules", "java.se,jdk.net,jdk.unsupported")
                    val path = (classPath + "$program").joinToString(":")
                    TargetJvm(jdk, "io.manhole.Target", classPath = path, jvmArguments = modules).use {
                        val client = PlainClient(it.installed().socketPath).greeted()
                        client.eval("1 + 1") shouldContain "there is no engine to evaluate this: add manhole-kotlin-repl"
                        client.eval("1 + 1") shouldContain "--add-modules jdk.jshell"
                        client.eval("dumpStackTraces()") shouldContain "#########"
                        client.send("exit()\n")
                        client.readToEnd() shouldBe ""
                    }
                    program.toFile().deleteRecursively()
                }
            }
        }
    }
}
