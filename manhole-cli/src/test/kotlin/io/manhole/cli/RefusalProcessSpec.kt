package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Ended
import io.manhole.testing.Jdk
import io.manhole.testing.awaitThat
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** Every mistake, trick and accident on the way to a session gets one line and its exit status. */
class RefusalProcessSpec :
    FunSpec({
        val jdk = Jdk.all.first()
        val folder = Cli.publicFolder()
        val path = folder.resolve("socket")
        val ownPid = ProcessHandle.current().pid()
        val ownSocket = Path.of("/tmp/manhole-$ownPid")

        fun expectOneLine(ended: Ended, status: Int, vararg parts: String) {
            ended.out shouldBe ""
            ended.err shouldStartWith "manhole-cli: "
            ended.err.trimEnd('\n').lines() shouldHaveSize 1
            parts.forEach { ended.err shouldContain it }
            ended.status shouldBe status
        }

        fun cli(vararg arguments: String) = Cli.run(jdk, *arguments)

        fun tryOnce(target: Any) = cli("$target", "-t", "0", "-e", "1+1")

        context("usage:") {
            test("an unknown option, a missing or a strange target are status 2 and point to --help") {
                expectOneLine(cli("--foo", "1"), 2, "--foo", "--help")
                expectOneLine(cli(), 2, "PID|PATH", "--help")
                expectOneLine(cli("nonsense"), 2, "PID|PATH must be a process id such as 1234", "'nonsense'")
                expectOneLine(cli("1", "2"), 2, "2")
            }

            test("a time that is no time is status 2") {
                listOf("x", "-1", "NaN", "", "1e9", "5s").forEach { expectOneLine(cli("1", "-t", it), 2, "-t", "'$it'") }
            }
        }

        context("nobody there:") {
            test("a process that does not exist") {
                expectOneLine(tryOnce(4194305), 5, "there is no process 4194305")
                expectOneLine(tryOnce("99999999999999999999"), 5, "there is no process")
            }

            test("a process without a manhole, told apart by being a JVM or not") {
                expectOneLine(tryOnce(ownPid), 5, "process $ownPid (", "a JVM) has no manhole at /tmp/manhole-$ownPid", "Manhole.install()")
                val sleep = ProcessBuilder("sleep", "60").start()
                expectOneLine(tryOnce(sleep.pid()), 5, "(sleep, not a JVM) has no manhole")
                sleep.destroy()
            }

            test("a path where nothing is, or nobody listens any more") {
                expectOneLine(tryOnce(path), 5, "there is no socket at $path")
                ScriptedServer(path).use { Files.createLink(folder.resolve("stale"), path) }
                expectOneLine(tryOnce(folder.resolve("stale")), 5, "nobody listens at")
                Files.delete(folder.resolve("stale"))
            }

            test("-t waits for a server that comes later, and not much longer than told for one that does not") {
                val late = Cli.start(listOf("${Cli.executable}", "$path", "-t", "20", "-e", "1+1"), mapOf("JAVA_HOME" to "${jdk.home}"))
                awaitThat { late.info().command().orElse("").endsWith("java") }
                ScriptedServer(path).use { Cli.await(late, "") shouldBe Ended(0, "2\n", "") }
                val start = System.nanoTime()
                expectOneLine(cli("$path", "-t", "0.3", "-e", "1+1"), 5, "there is no socket")
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start).toInt() shouldBeLessThan 10_000
            }
        }

        context("not a socket:") {
            test("a regular file, a folder, a symbolic link are left alone, by path and by process id") {
                val file = Files.writeString(folder.resolve("file"), "data")
                expectOneLine(tryOnce(file), 6, "$file is not a socket but a regular file", "nothing was sent")
                expectOneLine(tryOnce(folder), 6, "is not a socket but a folder")
                ScriptedServer(path).use { server ->
                    Files.createSymbolicLink(ownSocket, path)
                    expectOneLine(tryOnce(ownSocket), 6, "a symbolic link to $path")
                    expectOneLine(tryOnce(ownPid), 6, "a symbolic link to $path")
                    Files.delete(ownSocket)
                    server.connections.get() shouldBe 0
                }
                Files.readString(file) shouldBe "data"
            }
        }

        context("servers that misbehave:") {
            fun against(vararg arguments: String = arrayOf("-e", "1+1"), script: (ScriptedConnection) -> Unit) =
                ScriptedServer(path, script).use { cli("$path", "-t", "0", *arguments) to it }

            test("one that refuses us is quoted, without its escapes having any effect, whether or not it reads first") {
                val line = "manhole: refused: only user root may connect\n"
                expectOneLine(against { it.sendText(line) }.first, 6, line.trim())
                val reading = { connection: ScriptedConnection ->
                    connection.sendText(line)
                    connection.readUntilEnd()
                }
                expectOneLine(against(script = reading).first, 6, line.trim())
            }

            test("one that greets us in plain text is tried again") {
                val (ended, server) =
                    against {
                        if (it.number < 3) {
                            it.sendText("\n######### ProcessID=1, ThreadID=1 #########\n>>> ")
                            it.readUntilEnd()
                        } else {
                            it.serve()
                        }
                    }
                ended shouldBe Ended(0, "2\n", "")
                server.connections.get() shouldBe 3
            }

            test("one that always greets us in plain text is given up on") {
                val (ended, server) = against { it.sendText("HTTP/1.1 400 Bad Request\r\n\r\n") }
                expectOneLine(ended, 5, "does not answer in nREPL but with 'HTTP/1.1 400 Bad Request'")
                server.connections.get() shouldBe 5
            }

            test("one that answers garbage") {
                expectOneLine(against { it.sendText("dead\n") }.first, 5, "is no manhole, or a broken one")
                expectOneLine(against { it.sendText("d1:a99999999999:") }.first, 5, "is no manhole, or a broken one")
                expectOneLine(against { it.sendText("d1:a" + "l".repeat(100_000)) }.first, 5, "nested more than")
            }

            test("one that closes at once, or in the middle of its answer") {
                expectOneLine(against { }.first, 5, "closed the connection")
                expectOneLine(against { it.sendText("d2:id8:desc") }.first, 5, "closed the connection")
            }

            test("one that says nothing is given ten seconds") {
                expectOneLine(against { it.readUntilEnd() }.first, 5, "gave no answer within 10.0 s")
            }

            test("one that answers without end is given ten seconds") {
                val endless = { connection: ScriptedConnection ->
                    while (true) connection.send(mapOf("id" to "describe", "out" to "x".repeat(10_000)))
                }
                expectOneLine(against(script = endless).first, 5, "gave no answer within 10.0 s")
            }

            test("one that answers our first requests with an error") {
                val failing = { connection: ScriptedConnection ->
                    connection.readUntilEnd {
                        connection.send(mapOf("id" to it.getValue("id"), "status" to listOf("error", "unknown-op", "done")))
                    }
                }
                expectOneLine(against(script = failing).first, 5, "'describe'", "unknown-op")
            }

            test("one that answers an evaluation with garbage, or with a status only") {
                val garbage = { connection: ScriptedConnection ->
                    connection.sendText("d2:id8:describe6:statusl4:doneee")
                    connection.sendText("d2:id5:clone11:new-session1:se")
                    connection.readUntilEnd { if (it["op"] == "eval") connection.sendText("garbage") }
                }
                expectOneLine(against(script = garbage).first, 5, "not nREPL")
                val unknown = { connection: ScriptedConnection ->
                    connection.sendText("d2:id8:describe6:statusl4:doneee")
                    connection.sendText("d2:id5:clone11:new-session1:se")
                    connection.readUntilEnd {
                        if (it["op"] == "eval") {
                            connection.send(mapOf("id" to it.getValue("id"), "status" to listOf("error", "unknown-session", "done")))
                        }
                    }
                }
                expectOneLine(against(script = unknown).first, 1, "unknown-session")
            }
        }

        context("another process in the place of the one we mean:") {
            test("the process that was asked for is reached by its id") {
                ScriptedServer(ownSocket).use { cli("$ownPid", "-e", "1+1") shouldBe Ended(0, "2\n", "") }
            }

            test("a server that says it is another process is refused before anything is evaluated") {
                val other = { connection: ScriptedConnection ->
                    connection.aux = mapOf("manhole/pid" to "1")
                    connection.serve()
                }
                ScriptedServer(ownSocket, other).use { server ->
                    expectOneLine(tryOnce(ownPid), 6, "process 1 listens at $ownSocket, not process $ownPid")
                    server.received("eval").shouldBeEmpty()
                }
            }
        }

        context("users:").config(enabledOrReasonIf = { asRootWithSetpriv() }) {
            val stranger = 12345

            fun cliAs(uid: Int?, target: Any) = Cli.run(jdk, "$target", "-t", "0", "-e", "1+1", uid = uid)

            fun sleepAs(uid: Int): Process =
                ProcessBuilder("setpriv", "--reuid=$uid", "--clear-groups", "sleep", "60").start().also { process ->
                    awaitThat { Files.readString(Path.of("/proc/${process.pid()}/comm")).trim() == "sleep" }
                }

            test("a user who may not connect is told which user may") {
                ScriptedServer(ownSocket).use { server ->
                    setMode(ownSocket, "rw-------")
                    expectOneLine(cliAs(stranger, ownPid), 5, "permission denied", "is open to user root", "you are uid 12345")
                    server.connections.get() shouldBe 0
                }
            }

            test("a folder that may not be looked into is told") {
                val closed = Files.createDirectory(folder.resolve("closed"))
                setMode(closed, "rwx------")
                expectOneLine(cliAs(stranger, closed.resolve("socket")), 5, "permission denied", "$closed")
            }

            test("a stranger's socket given by path is left alone") {
                ScriptedServer(path).use { server ->
                    chown(path, 54321)
                    setMode(path, "rwxrwxrwx")
                    expectOneLine(cliAs(stranger, path), 6, "belongs to uid 54321", "you are uid 12345")
                    server.connections.get() shouldBe 0
                }
            }

            test("a socket of ours behind which a stranger listens is sent nothing, also by root") {
                listOf(stranger, null).forEach { uid ->
                    ScriptedServer(path) { it.readUntilEnd() }.use { server ->
                        chown(path, stranger)
                        setMode(path, "rwxrwxrwx")
                        expectOneLine(cliAs(uid, path), 6, "user root listens at $path", "uid 12345 was expected", "nothing was sent")
                        awaitThat { server.silentConnections.get() == 1 }
                    }
                }
            }

            test("a squatter at the socket of another user's process is left alone, also by root") {
                val process = sleepAs(stranger)
                val squat = Path.of("/tmp/manhole-${process.pid()}")
                ScriptedServer(squat) { it.readUntilEnd() }.use { server ->
                    expectOneLine(tryOnce(process.pid()), 6, "user root listens", "uid 12345 was expected")
                    awaitThat { server.silentConnections.get() == 1 }
                    chown(squat, 54321)
                    expectOneLine(tryOnce(process.pid()), 6, "belongs to uid 54321", "runs as uid 12345")
                    server.connections.get() shouldBe 1
                }
                process.destroy()
            }

            test("the JVM of another user is called by its name") {
                expectOneLine(cliAs(stranger, ownPid), 5, "process $ownPid (java) has no manhole")
            }
        }

        context("the script in front of the jar:") {
            fun script(environment: Map<String, String?>) = Cli.await(Cli.start(listOf("${Cli.executable}", "--version"), environment), "")

            val bin = Files.createDirectories(folder.resolve("bin"))
            listOf("sed", "readlink").forEach { Files.createSymbolicLink(bin.resolve(it), Path.of("/usr/bin/$it")) }

            fun fakeJava(version: String): Path {
                val home = Files.createDirectories(folder.resolve("jdk-$version/bin"))
                Files.writeString(home.resolve("java"), "#!/bin/sh\necho 'openjdk version \"$version\"' >&2\n")
                setMode(home.resolve("java"), "rwxr-xr-x")
                return home.parent
            }

            test("takes JAVA_HOME, else java on the PATH") {
                script(mapOf("JAVA_HOME" to "${jdk.home}", "PATH" to "$bin")).status shouldBe 0
                script(mapOf("JAVA_HOME" to null, "PATH" to "${jdk.home}/bin:$bin")).status shouldBe 0
            }

            test("says in one line that there is no Java, or only an old one") {
                expectOneLine(script(mapOf("JAVA_HOME" to null, "PATH" to "$bin")), 2, "needs a JDK or JRE 17 or newer", "PATH")
                expectOneLine(script(mapOf("JAVA_HOME" to "/nowhere")), 2, "JAVA_HOME is /nowhere")
                expectOneLine(script(mapOf("JAVA_HOME" to "${fakeJava("1.8.0_402")}")), 2, "is version 8;")
                expectOneLine(script(mapOf("JAVA_HOME" to "${fakeJava("11.0.2")}")), 2, "is version 11;")
            }
        }

        test("the file holds what the client needs and nothing else of the core") {
            val entries = java.util.zip.ZipFile(Cli.executable.toFile()).use { zip -> zip.stream().map { it.name }.toList() }
            entries.filter { it.startsWith("io/manhole/") && it.endsWith(".class") }.forEach {
                it.removePrefix("io/manhole/").substringBefore('/').let { module -> check(module in setOf("cli", "nrepl")) { module } }
            }
            entries.joinToString("\n") shouldNotContain "newsclub"
            entries.joinToString("\n") shouldNotContain "module-info"
        }
    })

private fun asRootWithSetpriv() =
    if (User.ownerOf(Path.of("/proc/self")).isRoot && Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
        io.kotest.core.test.Enabled.enabled
    } else {
        io.kotest.core.test.Enabled.disabled("needs root and setpriv (Debian: util-linux) to act as other users")
    }

private fun chown(path: Path, uid: Int) = Files.setAttribute(path, "unix:uid", uid)

private fun setMode(path: Path, mode: String) {
    Files.setPosixFilePermissions(path, java.nio.file.attribute.PosixFilePermissions.fromString(mode))
}
