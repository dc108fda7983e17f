package io.manhole.samples.liveobjects

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Ended
import io.manhole.testing.Jdk
import io.manhole.testing.NreplClient
import io.manhole.testing.PlainClient
import io.manhole.testing.Programs
import io.manhole.testing.requireTools
import io.manhole.testing.text
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.absolute

/** The sample as a process of its own, and the clients that people have, on every JDK. */
class EndToEndSpec :
    FunSpec({
        for (jdk in Jdk.all) {
            context("on $jdk") {
                val sample = SampleProcess.start(jdk)
                // One session that stays keeps the compiler, so that not every test waits for a new one.
                val keeper = NreplClient(sample.socket)
                keeper.ask("op" to "eval", "code" to "1", "session" to keeper.newSession()).text("value") shouldBe "1"
                afterSpec {
                    keeper.close()
                    sample.close()
                }

                fun cli(vararg arguments: String, stdin: String = ""): Ended =
                    Programs.run("env", "JAVA_HOME=${jdk.home}", CLIENT, "${sample.pid}", *arguments, stdin = stdin)

                test("manhole-cli -e prints the value and nothing else") {
                    cli("-e", "orders.count()") shouldBe Ended(0, "5\n", "")
                }

                test("manhole-cli -e prints what the code prints, and its stderr apart") {
                    val code = "println(orders.all().first().item); System.err.println(\"trouble\"); worker.processed"
                    val ended = cli("-e", "val before = 1", "-e", code)
                    ended.out.lines().first() shouldBe "teapot"
                    ended.err shouldBe "trouble\n"
                    ended.status shouldBe 0
                }

                test("manhole-cli exits 1 when the code throws, with a trace that ends at the user's code") {
                    val ended = cli("-e", "fun f(): Int = error(\"boom\")", "-e", "f()", "-e", "println(\"never\")")
                    ended.status shouldBe 1
                    ended.out shouldBe ""
                    ended.err shouldStartWith "java.lang.IllegalStateException: boom\n"
                    ended.err.trimEnd().lines().last() shouldContain "(snippet "
                    ended.err shouldNotContain "io.manhole.kotlin"
                }

                test("manhole-cli says where text is wrong") {
                    val ended = cli("-e", "val n: Int =\n    \"text\"")
                    ended.status shouldBe 1
                    ended.err shouldStartWith "2:5: error: "
                    ended.err shouldContain "    \"text\"\n"
                }

                test("piped text is evaluated as if typed: over several lines, past failures, with an exit status") {
                    val ended = cli(stdin = "fun twice(n: Int): Int {\n\n    return 2 * n\n}\nerror(\"boom\")\ntwice(21)\nUnit\nnull\n")
                    ended.out shouldBe "42\nnull\n"
                    ended.status shouldBe 1
                }

                test("nc gets the stacks, a prompt, and every answer").config(enabledOrReasonIf = requireTools("nc")) {
                    val ended = Programs.run("nc", "-NU", "${sample.socket}", stdin = "orders.count()\nval x = 6\nx * 7\n")
                    ended.out shouldContain "######### ProcessID=${sample.pid}, ThreadID="
                    ended.out shouldContain "\"manhole-listener\" RUNNABLE daemon"
                    ended.out shouldContain "Objects: orders, db, worker."
                    ended.out shouldEndWith ">>> 5\n>>> >>> 42\n>>> \nnow exiting ManholeConsole...\n"
                }

                test("socat does too").config(enabledOrReasonIf = requireTools("socat")) {
                    val ended = Programs.run("socat", "-t", "30", "-", "UNIX-CONNECT:${sample.socket}", stdin = "orders.count()\n")
                    ended.out shouldEndWith ">>> 5\n>>> \nnow exiting ManholeConsole...\n"
                }

                test("Ctrl-C stops an endless loop, also one that swallows everything, and keeps the session") {
                    PlainClient(sample.socket).use { client ->
                        client.greeted().eval("val kept = 5")
                        client.send("while (true) {}\n\u0003")
                        client.readUntil(PlainClient.PROMPT) shouldBe "interrupted\n>>> "
                        client.send("while (true) { try { Thread.sleep(10) } catch (e: Throwable) {} }\n\u0003")
                        client.readUntil(PlainClient.PROMPT) shouldBe "interrupted\n>>> "
                        client.eval("kept") shouldBe "5\n"
                    }
                }

                test("two clients are in each other's way in nothing") {
                    PlainClient(sample.socket).use { busy ->
                        busy.greeted().send("Thread.sleep(600_000)\n")
                        PlainClient(sample.socket).use { other ->
                            other.greeted().eval("val mine = 1; println(mine)") shouldBe "1\n"
                            other.eval("mine + 1") shouldBe "2\n"
                        }
                        busy.send("\u0003")
                        busy.readUntil(PlainClient.PROMPT) shouldBe "interrupted\n>>> "
                        busy.eval("mine") shouldContain "Unresolved reference 'mine'"
                    }
                }

                test("objects are live: what is typed is done") {
                    cli("-e", "worker.pause()").status shouldBe 0
                    cli("-e", "worker.resume()").status shouldBe 0
                    cli("-e", "orders").out shouldContain "Orders"
                }

                test("running out of stack or heap harms the evaluation alone") {
                    val recursion = "fun down(n: Int): Int = down(n + 1) + 1\ndown(0)\n"
                    val ended = cli(stdin = recursion + "List(1000) { LongArray(1 shl 27) }\norders.count()\n")
                    ended.err shouldContain "java.lang.StackOverflowError"
                    ended.err shouldContain "java.lang.OutOfMemoryError"
                    ended.out shouldBe "5\n"
                    sample.isAlive shouldBe true
                }

                test("another user is told who may connect").config(enabledOrReasonIf = requireTools("setpriv", "nc")) {
                    Files.setPosixFilePermissions(sample.socket, PosixFilePermissions.fromString("rw-rw-rw-"))
                    val asStranger = arrayOf("setpriv", "--reuid=12345", "--clear-groups")
                    val stranger = Programs.run(*asStranger, "nc", "-NU", "${sample.socket}", stdin = "1\n")
                    stranger.out shouldBe "manhole: refused: you are uid 12345; only root may connect\n"
                }
            }
        }
    })

private val CLIENT = "${Path.of(System.getProperty("basedir", ""), "../../manhole-cli/target/manhole-cli").absolute().normalize()}"
