package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.core.test.TestCase
import io.kotest.engine.test.TestResult
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldNotContain
import io.manhole.testing.Ended
import io.manhole.testing.Jdk
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.requireTools
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.channels.ServerSocketChannel
import java.nio.file.Files
import java.nio.file.Path

/** What the client finds without being told a path, and what it leaves alone while it looks. */
class FindingProcessSpec : SocketTargetSpec() {
    private val ownPid = ProcessHandle.current().pid()
    private val ownSocket = Path.of("/tmp/manhole-$ownPid")

    /** One object of the array in each line. */
    private fun list(jdk: Jdk, uid: Int? = null): List<String> {
        val ended = Cli.run(jdk, "ls", "--json", uid = uid)
        ended.err shouldBe ""
        ended.status shouldBe 0
        return ended.out
            .removePrefix("[")
            .trim()
            .removeSuffix("]")
            .lines()
            .map { it.removeSuffix(",") }
    }

    private fun List<String>.of(pid: Long) = filter { "\"pid\":$pid," in it }

    private fun entry(pid: Long, state: String, socket: Any?, command: String = SocketTarget::class.java.name): Regex {
        val path = if (socket == null) "null" else "\"$socket\""
        val age = if (socket == null) "null" else "[0-9]+"
        return Regex(
            Regex.escape("""{"pid":$pid,"user":"root","state":"$state","ageSeconds":""") + age +
                Regex.escape(""","command":"$command","socket":$path}"""),
        )
    }

    init {
        for (jdk in Jdk.all) {
            context("$jdk:") {
                test("a manhole is listed, and reached by its pid, at a path that says nothing of it") {
                    val socket = folder.resolve("app.sock")
                    target(jdk, "socketPath=$socket").use {
                        list(jdk).of(it.pid).single() shouldMatch entry(it.pid, "live", socket)
                        Cli.run(jdk, "${it.pid}", "-e", "1+1") shouldBe Ended(0, "2\n", "")
                    }
                }

                test("one at the usual path is listed with its age, user and main class, in a table, too") {
                    target(jdk, "banner=hello").use {
                        list(jdk).of(it.pid).single() shouldMatch entry(it.pid, "live", it.socketPath)
                        val table = Cli.run(jdk, "ls")
                        table.err shouldBe ""
                        table.out.lines().first() shouldMatch Regex("PID +USER +STATE +AGE +COMMAND +SOCKET")
                        table.out.lines().single { line -> line.startsWith("${it.pid} ") } shouldMatch
                            Regex("${it.pid} +root +live +[0-9]+s +${Regex.escape(SocketTarget::class.java.name)} +${it.socketPath}")
                    }
                }

                test("where several sockets could be the manhole none is connected to, and all are named") {
                    val (manhole, other) = folder.resolve("a.sock") to folder.resolve("b.sock")
                    target(jdk, "socketPath=$manhole", "$other").use {
                        list(jdk).of(it.pid).forEach { line -> line shouldContain "\"state\":\"possible\"" }
                        list(jdk).of(it.pid) shouldHaveSize 2
                        val ended = Cli.run(jdk, "${it.pid}", "-t", "0", "-e", "1+1")
                        ended.err shouldContain "may be at $folder/"
                        ended.err shouldContain "$manhole"
                        ended.err shouldContain "$other"
                        ended.status shouldBe 5
                    }
                }

                test("of several sockets the one named so is the manhole") {
                    val manhole = folder.resolve("manhole.sock")
                    target(jdk, "socketPath=$manhole", folder.resolve("b.sock").toString()).use {
                        list(jdk).of(it.pid).single() shouldMatch entry(it.pid, "live", manhole)
                        Cli.run(jdk, "${it.pid}", "-e", "1+1") shouldBe Ended(0, "2\n", "")
                    }
                }

                test("one that waits for its trigger file is dormant, and whoever wants to connect is told what to do") {
                    target(jdk, "triggerFile=$folder/trigger").use {
                        list(jdk).of(it.pid).single() shouldMatch entry(it.pid, "dormant", null)
                        val ended = Cli.run(jdk, "${it.pid}", "-t", "0", "-e", "1+1")
                        ended.err shouldContain "a JVM) has a dormant manhole"
                        ended.err shouldContain "--trigger-file FILE"
                        ended.status shouldBe 5
                    }
                }

                test("of one that waits for a signal it is said that the signal is handled") {
                    target(jdk, "activateOn=USR1").use {
                        list(jdk).of(it.pid).shouldBeEmpty()
                        val ended = Cli.run(jdk, "${it.pid}", "-t", "0", "-e", "1+1")
                        ended.err shouldContain "a JVM) has no manhole at ${it.socketPath}; it handles SIGUSR1, which may be"
                        ended.err shouldContain "-s USR1 sends it"
                        ended.status shouldBe 5
                    }
                }
            }
        }

        val jdk = Jdk.current

        test("the sockets of a process without a manhole are left alone") {
            val socket = folder.resolve("app.sock")
            ScriptedServer(socket).use { server ->
                list(jdk).of(ownPid).shouldBeEmpty()
                Cli.run(jdk, "$ownPid", "-t", "0", "-e", "1+1").err shouldContain "has no manhole at $ownSocket"
                server.connections.get() shouldBe 0
            }
        }

        test("what listens at the usual path is listed without being connected to") {
            ScriptedServer(ownSocket).use { server ->
                list(jdk).of(ownPid).single() shouldContain "\"state\":\"live\""
                server.connections.get() shouldBe 0
            }
        }

        test("a socket that nobody listens at is stale; what is no socket is not listed") {
            val stale = Path.of("/tmp/manhole-4194305")
            val file = Files.createTempFile(Path.of("/tmp"), "manhole-", "")
            val link = Path.of("/tmp/manhole-4194306")
            try {
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(stale)).close()
                Files.createSymbolicLink(link, stale)
                val lines = list(jdk)
                lines.single { "$stale\"" in it } shouldContain "{\"pid\":null,\"user\":\"root\",\"state\":\"stale\""
                lines.filter { "$file" in it || "$link" in it }.shouldBeEmpty()
            } finally {
                listOf(stale, file, link).forEach(Files::deleteIfExists)
            }
        }

        test("a path with a line break cannot pretend to be another entry") {
            val forged = "/tmp/manhole-x\n0000000000000000: 00000002 00000000 00010000 0001 01 1 ${folder.fileName}"
            ServerSocketChannel.open(StandardProtocolFamily.UNIX).use {
                it.bind(UnixDomainSocketAddress.of(forged))
                try {
                    list(jdk).filter { line -> "manhole-x" in line || "${folder.fileName}" in line }.shouldBeEmpty()
                } finally {
                    Files.delete(Path.of(forged))
                }
            }
        }

        test("another user sees none of ours, and is told that there is none").config(enabledOrReasonIf = requireTools("setpriv")) {
            ScriptedServer(ownSocket).use {
                Cli.run(jdk, "ls", uid = 12345) shouldBe Ended(0, "", "manhole-cli: there is no manhole of uid 12345 on this machine\n")
                Cli.run(jdk, "ls", "--json", uid = 12345) shouldBe Ended(0, "[]\n", "")
            }
        }

        test("a path longer than an address can be is reached all the same") {
            val deep = Files.createDirectories(folder.resolve("a".repeat(60)).resolve("b".repeat(60)))
            val near = folder.resolve("near")
            ScriptedServer(near).use {
                Files.move(near, deep.resolve("socket"))
                Cli.run(jdk, "${deep.resolve("socket")}", "-e", "1+1") shouldBe Ended(0, "2\n", "")
            }
            Files.list(Path.of("/tmp")).use { paths ->
                paths.filter { it.fileName.toString().matches(Regex("manhole-cli[0-9]+")) }.toList().shouldBeEmpty()
            }
        }

        mapOf("bash" to listOf("--norc", "--noprofile"), "zsh" to listOf("-f")).forEach { (shell, options) ->
            test("$shell completes options, signals and process ids").config(enabledOrReasonIf = requireTools(shell, "tmux", "awk")) {
                val home = Cli.publicFolder()
                val path = "${Cli.executable.parent}:${System.getenv("PATH")}"
                val environment = mapOf("JAVA_HOME" to "${jdk.home}", "PATH" to path, "HOME" to "$home")
                ScriptedServer(ownSocket).use {
                    TmuxTerminal(home, environment, shell, *options.toTypedArray(), "-i").use { terminal ->
                        fun completes(typed: String, expected: String) {
                            terminal.type(typed)
                            terminal.press("Tab")
                            terminal.expectLastLine("$ $expected")
                            terminal.press("C-u")
                            terminal.expectLastLine("$")
                        }
                        terminal.awaitReading()
                        terminal.enter("PS1='$ '; . <(manhole-cli --completion $shell); clear")
                        terminal.expectLastLine("$")
                        completes("manhole-cli --tr", "manhole-cli --trigger-file")
                        completes("manhole-cli -s HU", "manhole-cli -s HUP")
                        completes("manhole-cli -q ${"$ownPid".dropLast(1)}", "manhole-cli -q $ownPid")
                        completes("manhole-cli l", "manhole-cli ls")
                        completes("manhole-cli -f ${"$ownSocket".dropLast(1)}", "manhole-cli -f $ownSocket")
                    }
                }
            }
        }

        test("--completion knows two shells") {
            listOf("bash", "zsh").forEach { Cli.run(jdk, "--completion", it).status shouldBe 0 }
            val wrong = Cli.run(jdk, "--completion", "fish")
            wrong.status shouldBe 2
            wrong.err shouldContain "'fish'"
        }

        test("--help says how to find and to wake, and ls has a help of its own") {
            val help = Cli.run(jdk, "--help").out
            listOf("manhole-cli ls", "-s SIGNAL", "--trigger-file FILE", "--force", "--completion").forEach { help shouldContain it }
            Cli.run(jdk, "ls", "--help").out shouldContain "dormant"
            Cli.run(jdk, "ls", "--foo").status shouldBe 2
            Cli.run(jdk, "ls", "--foo").err shouldNotContain "\tat "
        }

        test("main class, jar and module are told from the arguments of java") {
            fun name(vararg command: String) = CommandName.of(command.toList())
            name("/usr/bin/java", "-Xmx1g", "-cp", "a:b", "com.example.Main", "secret") shouldBe "com.example.Main"
            name("java", "-Dx=y", "-jar", "/opt/shop/shop.jar", "-cp") shouldBe "shop.jar"
            name("java", "-p", "mods", "--add-modules", "a", "-m", "shop/shop.Main") shouldBe "shop/shop.Main"
            name("java", "@args", "--module=shop") shouldBe "shop"
            name("java", "--class-path=x", "/home/me/Tool.java") shouldBe "Tool.java"
            name("java") shouldBe "java"
            name("/usr/bin/python3", "script.py") shouldBe "python3"
        }
    }
}
