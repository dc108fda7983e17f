package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Ended
import io.manhole.testing.Jdk
import io.manhole.testing.awaitThat
import kotlin.io.path.writeText

/** `-e` and piped input, by the executable file, under every JDK found. */
class BatchProcessSpec :
    FunSpec({
        val folder = Cli.publicFolder()
        lateinit var server: ScriptedServer
        beforeEach { server = ScriptedServer(folder.resolve("socket")) }
        afterEach { server.close() }

        fun cli(jdk: Jdk, vararg arguments: String, stdin: String = "") = Cli.run(jdk, server.path.toString(), *arguments, stdin = stdin)

        Jdk.all.forEach { jdk ->
            context("$jdk:") {
                test("-e prints the value and nothing else") {
                    cli(jdk, "-e", "1+1") shouldBe Ended(0, "2\n", "")
                }

                test("several -e are evaluated in order, and what the code prints goes where it belongs") {
                    cli(jdk, "-e", "print a", "-e", "err b", "-e", "nothing", "-e", "1+1") shouldBe Ended(0, "a2\n", "b")
                }

                test("the first -e that fails is the last, and the status is 1") {
                    val ended = cli(jdk, "-e", "1+1", "-e", "fail", "-e", "1+1")
                    ended shouldBe Ended(1, "2\n", "java.lang.IllegalStateException: no\n")
                    server.received("eval") shouldHaveSize 2
                }

                test("code that is rejected, incomplete, or has no engine is status 1") {
                    cli(jdk, "-e", "reject") shouldBe Ended(1, "", "1:1: unresolved reference\n")
                    cli(jdk, "-e", "no-repl") shouldBe Ended(1, "", "no engine\n")
                    cli(jdk, "-e", "fun f() {") shouldBe
                        Ended(1, "", "manhole-cli: incomplete, nothing of it was run: fun f() {\n")
                }

                test("piped lines are evaluated as if typed, and go on after a failure") {
                    val ended = cli(jdk, stdin = "print x\n\nfail\nf {\n\n}\n1+1")
                    ended.out shouldBe "xf {\n\n}\n2\n"
                    ended.err shouldBe "java.lang.IllegalStateException: no\n"
                    ended.status shouldBe 1
                }

                test("piped lines that all succeed are status 0, and nothing but results is printed") {
                    cli(jdk, stdin = "1+1\r\n") shouldBe Ended(0, "2\n", "")
                }

                test("an incomplete rest of the piped lines is an error") {
                    val ended = cli(jdk, stdin = "1+1\nf {\n1\n")
                    ended shouldBe Ended(1, "2\n", "manhole-cli: incomplete, nothing of it was run: f { …\n")
                }

                test("exit() ends the session with what was so far") {
                    cli(jdk, stdin = "1+1\nexit()\nfail\n") shouldBe Ended(0, "2\n", "")
                    cli(jdk, "-e", "exit()", "-e", "fail") shouldBe Ended(0, "", "")
                }

                test("code that reads its standard input gets the piped lines, then the end of file") {
                    cli(jdk, stdin = "read\nhello\n1+1\n").out shouldBe "read<hello\n>\n2\n"
                    cli(jdk, "-e", "read", "-e", "read", stdin = "ä").out shouldBe "read<ä\n>\nread<>\n"
                }

                test("characters of several bytes survive, in arguments, input and output, in any locale") {
                    val c = mapOf("LC_ALL" to "C")
                    Cli.run(jdk, "${server.path}", "-e", "print ä€𝄞", environment = c).out shouldBe "ä€𝄞"
                    Cli.run(jdk, "${server.path}", stdin = "print ä€𝄞", environment = c).out shouldBe "ä€𝄞"
                    cli(jdk, "-e", "repeat 100001").out shouldBe "é".repeat(100_001) + "\n"
                }

                test("output is raw when piped") {
                    val ended = cli(jdk, "-e", "escape")
                    ended.out shouldBe "a\u001b[31mb\u009bc\u007f\tz\r\n"
                    ended.err shouldBe "e\u001b]0;x\u0007\n"
                }

                test("code that begins with @ or looks like an option is code") {
                    cli(jdk, "-e", "@x", "-e", "-t", "-e", "-1").out shouldBe "@x\n-t\n-1\n"
                }

                test("-f evaluates files, in turn with -e as they are given") {
                    val first = folder.resolve("first.kts").apply { writeText("print one\n") }
                    val broken = folder.resolve("broken.kts").apply { writeText("f {\n") }
                    cli(jdk, "-e", "print a,", "-f", "$first", "-e", "1+1").out shouldBe "a,one\n2\n"
                    server.received("eval").map { it["code"] } shouldBe listOf("print a,", "print one\n", "1+1")
                    cli(jdk, "-f", "$broken") shouldBe
                        Ended(1, "", "manhole-cli: incomplete, nothing of it was run: the file $broken\n")
                }

                test("a file that cannot be read is status 2 before anything is evaluated") {
                    val ended = cli(jdk, "-e", "1+1", "-f", "$folder/none.kts")
                    ended.status shouldBe 2
                    ended.out shouldBe ""
                    ended.err shouldContain "cannot read $folder/none.kts: there is no such file"
                    ended.err.lines() shouldHaveSize 2
                    server.connections.get() shouldBe 0
                }

                test("--json prints one object for each evaluation, and nothing else") {
                    val ended = cli(jdk, "--json", "-e", "print a", "-e", "typed Int 42", "-e", "err \"b\u0001", "-e", "fail", "-e", "1+1")
                    ended.status shouldBe 1
                    ended.err shouldBe ""
                    ended.out.lines() shouldBe
                        listOf(
                            """{"outcome":"ok","out":"a"}""",
                            """{"outcome":"ok","value":"42","type":"Int"}""",
                            """{"outcome":"ok","err":"\"b\u0001"}""",
                            """{"outcome":"failed","err":"java.lang.IllegalStateException: no\n","exception":"java.lang.IllegalStateException"}""",
                            "",
                        )
                }

                test("--json with piped lines goes on after a failure, and says what is incomplete") {
                    val ended = cli(jdk, "--json", stdin = "reject\nf {\n}\n1+1\nf {")
                    ended.out.lines() shouldBe
                        listOf(
                            """{"outcome":"failed","err":"1:1: unresolved reference\n"}""",
                            """{"outcome":"ok","value":"f {\n}"}""",
                            """{"outcome":"ok","value":"2","type":"Int"}""",
                            """{"outcome":"incomplete"}""",
                            "",
                        )
                    ended.status shouldBe 1
                }

                test("a server that dies in the middle is status 5, and what came before is shown") {
                    val ended = cli(jdk, "-e", "die")
                    ended.status shouldBe 5
                    ended.out shouldBe "half of it\n"
                    ended.err shouldStartWith "manhole-cli: the server is gone: "
                    ended.err.lines() shouldHaveSize 2
                }

                test("a reader of ours that has read enough is no error to talk about") {
                    val pipe = "\"\$0\" \"\$1\" -e flood | head -n 1"
                    val command = listOf("sh", "-c", pipe, "${Cli.executable}", "${server.path}")
                    val process = Cli.start(command, mapOf("JAVA_HOME" to "${jdk.home}"))
                    Cli.await(process, "") shouldBe Ended(0, "flood\n", "")
                }

                test("Ctrl-C is status 130 and takes the connection with it") {
                    val process =
                        Cli.start(
                            // Whoever runs the specs in the background may have SIGINT ignored.
                            listOf("env", "--default-signal=INT", "${Cli.executable}", "${server.path}", "-e", "loop"),
                            mapOf("JAVA_HOME" to "${jdk.home}"),
                        )
                    awaitThat { server.received("eval").size == 1 }
                    ProcessBuilder("kill", "-INT", process.pid().toString()).start().waitFor()
                    Cli.await(process, "").status shouldBe 130
                }

                test("--help and --version tell and end") {
                    val help = Cli.run(jdk, "--help")
                    help.status shouldBe 0
                    help.out shouldContain "PID|PATH"
                    help.out shouldContain "Exit status"
                    val version = Cli.run(jdk, "--version")
                    version.status shouldBe 0
                    version.out shouldStartWith "manhole-cli "
                    version.out shouldNotContain "$"
                }
            }
        }
    })
