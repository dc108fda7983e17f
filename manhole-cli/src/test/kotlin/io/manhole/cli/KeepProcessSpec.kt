package io.manhole.cli

import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Ended
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec

/** `--keep` and `--attach-session`, by the executable file, on a real manhole. */
class KeepProcessSpec : ManholeSpec() {
    private fun cli(jdk: Jdk, vararg arguments: String, stdin: String = "") = Cli.run(jdk, "$socket", *arguments, stdin = stdin)

    init {
        Jdk.all.forEach { jdk ->
            context("$jdk:") {
                test("a session that is to stay is there again, with what was declared in it") {
                    install { engine("java") }
                    val left = cli(jdk, "--keep", "90", "-e", "int x = 5")
                    left.err shouldMatch Regex("manhole-cli: the session stays for 90 s; back to it: --attach-session [-0-9a-f]{36}\n")
                    val id = left.err.trim().substringAfterLast(' ')
                    left shouldBe Ended(0, "", left.err)
                    events.awaitLine("kept 1")
                    val back = cli(jdk, "--attach-session", id, "-e", "x + 1")
                    back.out shouldBe "6\n"
                    back.err shouldBe left.err
                    events.awaitLine("kept 2")
                    cli(jdk, "--attach-session", id, "--keep", "0", "-e", "x + 2") shouldBe Ended(0, "7\n", "")
                    events.awaitLine("closed 3")
                    val gone = cli(jdk, "--attach-session", id, "-e", "x")
                    gone.status shouldBe 5
                    gone.err shouldContain "no session of that id is kept for you"
                }

                test("the value of what was evaluated meanwhile is shown, and exit() leaves nothing") {
                    install { engine("java") }
                    val client = connectNrepl()
                    val id = client.ask("op" to "clone", "manhole/keep" to 60L).single()["new-session"] as String
                    client.send("op" to "eval", "code" to "20 + 1", "session" to id, "id" to "1")
                    client.close()
                    events.awaitLine("evaluated 1 20 + 1: value")
                    events.awaitLine("kept 1")
                    val back = cli(jdk, "--attach-session", id, stdin = "20 + 2\nexit()\n")
                    back shouldBe Ended(0, "21\n22\n", "")
                }

                test("without --keep there is no word of it") {
                    install { engine("java") }
                    cli(jdk, "-e", "1 + 1") shouldBe Ended(0, "2\n", "")
                }

                test("a server that keeps nothing is believed") {
                    install { engine("java").sessionKeepAlive(java.time.Duration.ZERO) }
                    cli(jdk, "--keep", "60", "-e", "1 + 1") shouldBe Ended(0, "2\n", "")
                    cli(jdk, "--keep", "soon", "-e", "1").err shouldStartWith "manhole-cli: "
                }
            }
        }
    }
}
