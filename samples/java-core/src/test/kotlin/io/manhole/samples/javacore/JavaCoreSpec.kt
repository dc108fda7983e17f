package io.manhole.samples.javacore

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Jdk
import io.manhole.testing.NreplClient
import io.manhole.testing.PlainClient
import io.manhole.testing.Programs
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.requireTools
import io.manhole.testing.text
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.absolute
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readLines

/** The sample as a process of its own: the Java core, and no Kotlin anywhere. */
class JavaCoreSpec :
    FunSpec({
        val target = Path.of(System.getProperty("basedir", ""), "target").absolute()
        val jars = listOf(target.resolve("java-core.jar")) + target.resolve("lib").listDirectoryEntries("*.jar")
        val path = jars.joinToString(":")
        val main = "io.manhole.samples.javacore.Main"
        val module = "io.manhole.samples.javacore/$main"

        fun start(jdk: Jdk, name: String = main, classPath: String = path, vararg arguments: String) =
            TargetJvm(jdk, name, classPath, arguments.toList()).apply { awaitLine("java-core ready") }

        fun TargetJvm.client() = PlainClient(socketPath).greeted()

        test("it needs the core and junixsocket, and nothing else") {
            jars.map { it.name.substringBefore("-2.").substringBefore("-0.") } shouldContainAll
                listOf("java-core.jar", "manhole-jvm", "junixsocket-common", "junixsocket-native-common")
            jars.size shouldBe 4
        }

        for (jdk in Jdk.all) {
            context("on $jdk") {
                val sample = start(jdk)
                afterSpec { sample.close() }

                test("the stacks show the workers, and where they wait") {
                    PlainClient(sample.socketPath).use {
                        val dump = it.readUntil(PlainClient.PROMPT)
                        for (n in 1..3) dump shouldContain "\"worker-$n\" WAITING"
                        dump shouldContain "at io.manhole.samples.javacore.JobQueue.work(JobQueue.java:"
                        dump shouldContain "Objects: queue."
                    }
                }

                test("Java is typed at the live objects") {
                    sample.client().use {
                        it.eval("queue.words().get(\"to\")") shouldBe "6\n"
                        it.eval("queue.pause()") shouldBe ""
                        it.eval("for (int i = 0; i < 9; i++) queue.submit(\"job\" + i, \"a b c\");") shouldBe ""
                        // Each of the three workers holds one at the gate.
                        awaitThat { it.eval("queue.waiting().size()") == "6\n" }
                        it.eval("queue.waiting().stream().map(Job::name).toList()") shouldContain "cannot find symbol"
                        it.eval("import io.manhole.samples.javacore.*;") shouldBe ""
                        it.eval("queue.waiting().stream().map(Job::name).skip(4).toList()") shouldStartWith "[job"
                        it.eval("queue.resume()") shouldBe ""
                        awaitThat { it.eval("queue.words().size()") == "12\n" }
                    }
                }

                test("a method is typed over several lines, and mistakes are shown with their place") {
                    sample.client().use {
                        it.send("int total() {\n  return queue.words().values().stream()\n    .mapToInt(n -> n).sum();\n}\n")
                        it.readUntil(PlainClient.PROMPT) shouldBe "... ... ... >>> "
                        it.eval("total() > 10") shouldBe "true\n"
                        it.eval("int n = queue") shouldStartWith "1:9: error: incompatible types"
                        it.eval("int fail() { throw new IllegalStateException(\"boom\"); }") shouldBe ""
                        it.eval("fail()") shouldContain "java.lang.IllegalStateException: boom\n    at REPL."
                        it.eval("exit_") shouldContain "cannot find symbol"
                    }
                }

                test("Ctrl-C stops an endless loop, a sleep and one that swallows everything, and keeps the session") {
                    sample.client().use {
                        it.eval("int kept = 5") shouldBe ""
                        for (text in listOf(
                            "while (true) {}",
                            "Thread.sleep(600_000)",
                            "while (true) { try { Thread.sleep(10); } catch (Throwable t) {} }",
                        )) {
                            it.send("System.out.println(\"begun\"); $text\n")
                            it.readUntil("begun\n")
                            it.send("\u0003")
                            withClue(text) { it.readUntil(PlainClient.PROMPT) shouldBe "interrupted\n>>> " }
                        }
                        it.eval("kept + 1") shouldBe "6\n"
                    }
                }

                test("what is printed comes to the client, from threads it starts too") {
                    sample.client().use {
                        it.eval("System.out.println(1); System.err.println(2)") shouldBe "1\n2\n"
                        it.eval("Thread t = new Thread(() -> System.out.println(\"from a thread\")); t.start(); t.join()") shouldBe
                            "from a thread\n"
                    }
                    sample.output.filter { it == "from a thread" }.shouldBeEmpty()
                }

                test("nc gets the stacks, a prompt, and every answer").config(enabledOrReasonIf = requireTools("nc")) {
                    val ended = Programs.run("nc", "-NU", "${sample.socketPath}", stdin = "int x = 6\nx * 7\nres + 1\nhelp()\nexit()\n")
                    ended.out shouldContain "######### ProcessID=${sample.pid}, ThreadID="
                    ended.out shouldContain ">>> >>> 42\n>>> 43\n>>> help()"
                    ended.out shouldEndWith ">>> "
                }

                test("nREPL names the engine and tells types") {
                    NreplClient(sample.socketPath).use { client ->
                        val aux = client.ask("op" to "describe").first()["aux"] as Map<*, *>
                        aux["manhole/engine"] shouldBe "java"
                        client.ask("op" to "eval", "code" to "List.of(queue.waiting().size())").text("value") shouldBe "[0]"
                    }
                }
            }

            val onModulePathOf = listOf("--add-modules", "jdk.jshell", "-p", path, "-m")
            for ((how, modules) in mapOf("class path" to emptyList(), "module path" to onModulePathOf)) {
                test("no class of Kotlin's is loaded, on the $how of $jdk") {
                    val log = Files.createTempFile("manhole-test", ".classes")
                    val arguments = (listOf("-Xlog:class+load=info:file=$log:none:filecount=0") + modules).toTypedArray()
                    val onModulePath = modules.isNotEmpty()
                    val (name, classPath) = if (onModulePath) module to "" else main to path
                    start(jdk, name, classPath, *arguments).use { sample ->
                        sample.client().use {
                            it.eval("queue.words().get(\"to\")") shouldBe "6\n"
                            it.eval("io.manhole.samples.javacore.Job.class.getModule().isNamed()") shouldBe "$onModulePath\n"
                            it.eval("new io.manhole.samples.javacore.Job(\"a\", \"b\").name()") shouldBe "a\n"
                        }
                    }
                    val loaded = log.readLines().map { it.substringBefore(' ') }
                    Files.delete(log)
                    loaded.filter { "kotlin" in it.lowercase() }.shouldBeEmpty()
                    loaded shouldContainAll listOf("jdk.jshell.JShell", "io.manhole.JShellRepl", "io.manhole.samples.javacore.JobQueue")
                }
            }

            test("on the module path of $jdk the prompt for commands says how to get one for Java") {
                start(jdk, module, "", "--limit-modules", "io.manhole.samples.javacore", "-p", path, "-m").use { sample ->
                    sample.client().use {
                        it.eval("1 + 1") shouldContain "--add-modules jdk.jshell"
                        it.eval("dumpStackTraces()") shouldContain "\"worker-1\" WAITING"
                    }
                }
            }

            test("in an image without JShell there is a prompt for the commands, on $jdk") {
                val folder = Files.createTempDirectory("manhole-test")
                val image = folder.resolve("image")
                val modules = "java.base,java.management,java.logging,jdk.net,jdk.unsupported"
                val linked = Programs.run("${jdk.home.resolve("bin/jlink")}", "--add-modules", modules, "--output", "$image")
                withClue(linked) { linked.status shouldBe 0 }
                start(Jdk(image, jdk.version)).use { sample ->
                    sample.client().use {
                        it.eval("1 + 1") shouldContain "there is no engine to evaluate this"
                        it.eval("dumpStackTraces()") shouldContain "\"worker-1\" WAITING"
                        it.send("exit()\n")
                        it.readToEnd() shouldBe ""
                    }
                }
                folder.toFile().deleteRecursively()
            }
        }
    })
