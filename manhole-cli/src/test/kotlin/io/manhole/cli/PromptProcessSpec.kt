package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.core.test.Enabled
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.manhole.testing.Jdk
import io.manhole.testing.awaitThat
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.getPosixFilePermissions
import kotlin.io.path.readText

/** The prompt in a real terminal, by the executable file, under every JDK found. */
class PromptProcessSpec :
    FunSpec({
        val tmux = if (TmuxTerminal.available) Enabled.enabled else Enabled.disabled("needs tmux (Debian: tmux) for a real terminal")
        lateinit var folder: Path
        lateinit var server: ScriptedServer
        beforeEach {
            folder = Cli.publicFolder()
            server = ScriptedServer(folder.resolve("socket"))
        }
        afterEach { server.close() }

        fun terminal(jdk: Jdk, vararg options: String): TmuxTerminal {
            val environment = mapOf("JAVA_HOME" to "${jdk.home}", "XDG_STATE_HOME" to "$folder/state")
            return TmuxTerminal(folder, environment, "${Cli.executable}", "${server.path}", *options)
        }

        fun atPrompt(jdk: Jdk, conversation: TmuxTerminal.() -> Unit) =
            terminal(jdk, "-q").use {
                it.expectLastLine(">>>")
                it.conversation()
            }

        fun evaluated() = server.received("eval").map { it["code"] }

        Jdk.all.forEach { jdk ->
            context("$jdk:").config(enabledOrReasonIf = { tmux }) {
                test("says who is at the other end, shows the stack dump and the banner, and prompts") {
                    terminal(jdk).use {
                        it.expectLastLine(">>>")
                        val pid = ProcessHandle.current().pid()
                        it.screen() shouldBe
                            "Connected to pid $pid, toy.Main, user toyuser.\nTHE STACK DUMP\nToy engine ready.\n>>>"
                        it.enter("1+1")
                        it.expect(">>> 1+1\n2\n>>>")
                        it.press("C-d")
                        it.expect("STATUS=0")
                    }
                }

                test("-q leaves out the stack dump, and nothing else") {
                    terminal(jdk, "-q").use {
                        it.expect("Connected to pid", "Toy engine ready.\n>>>")
                        it.screen() shouldNotContain "STACK DUMP"
                    }
                }

                test("Enter goes on in a new line while the text is incomplete") {
                    atPrompt(jdk) {
                        enter("fun f() {")
                        expectLastLine("...")
                        enter("x")
                        enter("}")
                        expect(">>> fun f() {\n... x\n... }\n")
                        expectLastLine(">>>")
                        evaluated() shouldContainExactly listOf("fun f() {\nx\n}")
                    }
                }

                test("a function with a blank line is pasted as a whole") {
                    val function = "fun f() {\n\tval a = \"!x \\\\\"\n\n    a\n}"
                    atPrompt(jdk) {
                        paste(function)
                        expect("... }")
                        evaluated() shouldHaveSize 0
                        press("Enter")
                        awaitThat { evaluated().size == 1 }
                        evaluated().single() shouldBe function
                    }
                }

                test("a server that does not say in time whether the text is complete does not hold the prompt") {
                    atPrompt(jdk) {
                        enter("slow")
                        expect("slow\nslow\n>>>")
                        enter("slow {")
                        expectLastLine("...")
                        enter("}")
                        awaitThat { evaluated().last() == "slow {\n}" }
                        enter("slow {")
                        expectLastLine("...")
                        press("C-c")
                        expectLastLine(">>>")
                        enter("1+1")
                        expect(">>> 1+1\n2")
                    }
                }

                test("Ctrl-C clears the line at the prompt, and the line is in the history") {
                    atPrompt(jdk) {
                        type("nonsense {")
                        expectLastLine(">>> nonsense {")
                        press("C-c")
                        expectLastLine(">>>")
                        enter("1+1")
                        expect("2\n>>>")
                        evaluated() shouldContainExactly listOf("1+1")
                    }
                }

                test("Ctrl-C interrupts the evaluation, and the session goes on") {
                    atPrompt(jdk) {
                        enter("loop")
                        awaitThat { evaluated().size == 1 }
                        press("C-c")
                        expect("interrupted\n>>>")
                        enter("flood")
                        expect("flood\nflood")
                        press("C-c")
                        expect("interrupted\n>>>")
                        enter("1+1")
                        expect("2\n>>>")
                    }
                }

                test("Ctrl-C many times while the prompt is drawn does no harm") {
                    atPrompt(jdk) {
                        repeat(30) { press("C-c") }
                        awaitThat({ screen() }) { screen().endsWith(">>>") }
                        // What is typed before Ctrl-C has had its effect may be lost with it, as at any terminal.
                        awaitThat({ "no prompt any more:\n${screen()}" }) {
                            enter("print prompt-is-back")
                            "\nprompt-is-back\n>>>" in screen()
                        }
                        screen() shouldNotContain "STATUS"
                    }
                }

                test("an evaluation that does not stop does not hold the user") {
                    atPrompt(jdk) {
                        enter("stubborn")
                        awaitThat { evaluated().size == 1 }
                        press("C-c")
                        awaitThat { server.received("interrupt").size == 1 }
                        press("C-c")
                        expect("Ctrl-C once more ends the connection")
                        press("C-c")
                        expect("STATUS=5")
                    }
                }

                test("Ctrl-C once more goes on without an evaluation of which the server says that it does not stop") {
                    atPrompt(jdk) {
                        enter("stuck")
                        awaitThat { evaluated().size == 1 }
                        press("C-c")
                        expect("Ctrl-C once more leaves it behind")
                        press("C-c")
                        expect("interrupted\n>>>")
                        server.received("manhole/abandon").size shouldBe 1
                        enter("1+1")
                        expect("2\n>>>")
                    }
                }

                test("code that reads its standard input gets a line, or the end of file for Ctrl-D, or Ctrl-C") {
                    atPrompt(jdk) {
                        enter("read")
                        awaitThat { evaluated().size == 1 }
                        awaitReading()
                        enter("hello !! {")
                        expect("read<hello !! {\n>")
                        expectLastLine(">>>")
                        enter("read")
                        awaitThat { evaluated().size == 2 }
                        awaitReading()
                        press("C-d")
                        expect("read<>\n>>>")
                        enter("read")
                        awaitThat { evaluated().size == 3 }
                        awaitReading()
                        press("C-c")
                        expect("interrupted\n>>>")
                        Path.of("$folder/state/manhole/history").readText() shouldNotContain "hello"
                    }
                }

                test("escapes in output are made visible, and unfinished lines are ended before the prompt") {
                    atPrompt(jdk) {
                        enter("escape")
                        expect("a^[[31mb\\u009bc^?", "z^M\ne^[]0;x^G\n>>>")
                        enter("print äöü")
                        expect("print äöü\näöü\n>>>")
                    }
                }

                test("what a thread prints later appears above the half-typed line") {
                    atPrompt(jdk) {
                        enter("later news")
                        expect("news")
                        expectLastLine(">>>")
                        enter("1+1")
                        expect("2\n>>>")
                    }
                }

                test("exit() leaves") {
                    atPrompt(jdk) {
                        enter("exit()")
                        expect("STATUS=0")
                    }
                }

                test("a server that dies during an evaluation, or while a line is typed, is status 5, and the history is kept") {
                    val history = Path.of("$folder/state/manhole/history")
                    atPrompt(jdk) {
                        enter("die")
                        expect("half of it\nmanhole-cli: the server is gone", "STATUS=5")
                        history.readText() shouldContain "die"
                    }
                    atPrompt(jdk) {
                        enter("1+1")
                        expect("2\n>>>")
                        type("half typed")
                        expectLastLine(">>> half typed")
                        server.close()
                        expect("manhole-cli: the server is gone", "STATUS=5")
                        history.readText() shouldContain "half typed"
                    }
                }

                test("the history is there the next time, for its owner only") {
                    atPrompt(jdk) {
                        enter("print once")
                        expect("once\n>>>")
                        press("C-d")
                        expect("STATUS=0")
                    }
                    val history = folder.resolve("state/manhole/history")
                    PosixFilePermissions.toString(history.getPosixFilePermissions()) shouldBe "rw-------"
                    PosixFilePermissions.toString(history.parent.getPosixFilePermissions()) shouldBe "rwx------"
                    atPrompt(jdk) {
                        press("Up")
                        expectLastLine(">>> print once")
                    }
                }

                test("a history that is a link to another file is not written to") {
                    val precious = Files.writeString(folder.resolve("precious"), "data")
                    Files.createDirectories(folder.resolve("state/manhole"))
                    Files.createSymbolicLink(folder.resolve("state/manhole/history"), precious)
                    atPrompt(jdk) {
                        expect("no history is kept", "is not a regular file")
                        enter("1+1")
                        expect("2\n>>>")
                        press("C-d")
                        expect("STATUS=0")
                    }
                    precious.readText() shouldBe "data"
                }

                test("escapes in output of -e are made visible on a terminal") {
                    terminal(jdk, "-e", "escape").use { it.expect("a^[[31mb\\u009bc^?", "STATUS=0") }
                }
            }
        }
    })
