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
        val process = "[${ProcessHandle.current().pid()}]"
        val prompt = "$process >>>"
        val further = "...".padStart(prompt.length)
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
                it.expectLastLine("$prompt")
                it.conversation()
            }

        fun evaluated() = server.received("eval").map { it["code"] }

        Jdk.all.forEach { jdk ->
            context("$jdk:").config(enabledOrReasonIf = { tmux }) {
                test("says who is at the other end, shows the stack dump and the banner, and prompts") {
                    terminal(jdk).use {
                        it.expectLastLine("$prompt")
                        val pid = ProcessHandle.current().pid()
                        it.screen() shouldBe
                            "Connected to pid $pid, toy.Main, user toyuser, host toybox, up 1 h 2 min.\n" +
                            "Also connected: pid 7, uid 0, gid 0\nTHE STACK DUMP\nToy engine ready.\n$prompt"
                        it.enter("1+1")
                        it.expect(">>> 1+1\n2\n$prompt")
                        it.press("C-d")
                        it.expect("STATUS=0")
                    }
                }

                test("-q leaves out the stack dump, and nothing else") {
                    terminal(jdk, "-q").use {
                        it.expect("Connected to pid", "Toy engine ready.\n$prompt")
                        it.screen() shouldNotContain "STACK DUMP"
                    }
                }

                test("Enter goes on in a new line while the text is incomplete") {
                    atPrompt(jdk) {
                        enter("fun f() {")
                        expectLastLine(further)
                        enter("x")
                        enter("}")
                        expect(">>> fun f() {\n$further x\n$further }\n")
                        expectLastLine("$prompt")
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
                        expect("slow\nslow\n$prompt")
                        enter("slow {")
                        expectLastLine(further)
                        enter("}")
                        awaitThat { evaluated().last() == "slow {\n}" }
                        enter("slow {")
                        expectLastLine(further)
                        press("C-c")
                        expectLastLine("$prompt")
                        enter("1+1")
                        expect(">>> 1+1\n2")
                    }
                }

                test("Tab completes a name, or shows what it could be with types, and evaluates nothing") {
                    atPrompt(jdk) {
                        type("ord")
                        press("Tab")
                        expectLastLine("$prompt orders")
                        type(".fi")
                        press("Tab")
                        expect(">>> orders.find", "findAll", "() -> List<Order>")
                        type("A")
                        press("Tab")
                        expect(">>> orders.findAll")
                        press("C-c")
                        expectLastLine("$prompt")
                        type("slow")
                        press("Tab")
                        expect("no completions yet: the engine is still starting, or busy; Tab asks again\n$prompt slow")
                        enter("er")
                        expect("slower\nslower\n$prompt")
                        evaluated() shouldContainExactly listOf("slower")
                    }
                }

                test("what is typed is coloured by its kind, results too, unless NO_COLOR is set") {
                    atPrompt(jdk) {
                        type("val a = \"text\" // 1")
                        expect("// 1")
                        awaitThat({ colouredScreen() }) {
                            Regex("\u001b\\[[\\d;]*34[\\d;]*mval.*\u001b\\[[\\d;]*32m\"text\"").containsMatchIn(colouredScreen())
                        }
                        press("C-c")
                        expectLastLine(prompt)
                        enter("typed Int 42")
                        awaitThat({ colouredScreen() }) { "\u001b[36m42" in colouredScreen() }
                        enter("fail")
                        awaitThat({ colouredScreen() }) { "\u001b[31mjava.lang.IllegalStateException" in colouredScreen() }
                    }
                    val plain = mapOf("JAVA_HOME" to "${jdk.home}", "XDG_STATE_HOME" to "$folder/state", "NO_COLOR" to "1")
                    TmuxTerminal(folder, plain, "${Cli.executable}", "${server.path}", "-q").use {
                        it.expectLastLine(prompt)
                        it.enter("typed Int 42")
                        it.expect("\n42\n$prompt")
                        it.colouredScreen() shouldNotContain "\u001b[3"
                    }
                }

                test("of a value that is longer than the screen the beginning is shown, and :more shows what follows") {
                    atPrompt(jdk) {
                        enter("lines 100")
                        expect("line 1\n", "line 46\n… 54 more lines, :more shows them\n$prompt")
                        enter(":more")
                        expect("line 92\n… 8 more lines")
                        enter(":more")
                        expect("line 100\n$prompt")
                        enter(":more")
                        expect("there is nothing more to show")
                    }
                }

                test(":help lists the prompt's own commands, Tab completes them, and a wrong one is named") {
                    atPrompt(jdk) {
                        enter(":help")
                        expect(":type EXPR", ":doc NAME", ":load FILE", ":save FILE", ":history", ":reset", ":quit", "help() lists")
                        expectLastLine(prompt)
                        type(":his")
                        press("Tab")
                        expectLastLine("$prompt :history")
                        press("Enter")
                        expect("\n:help\n:history\n$prompt")
                        enter(":wrong")
                        expect("there is no command :wrong; :help lists them")
                        enter(":doc")
                        expect("it is :doc NAME, got ':doc'")
                        server.received("eval") shouldHaveSize 0
                    }
                }

                test(":dump, :threads, :type and :doc ask the server, and only :threads evaluates") {
                    atPrompt(jdk) {
                        enter(":dump")
                        expect("THE STACK DUMP\n$prompt")
                        enter(":type orders.size")
                        expect("\nInt\n$prompt")
                        enter(":doc orders")
                        expect("val orders: Orders\nin toy\n\nAll of them.\n\nToy.kt:3\n$prompt")
                        enter(":doc nobody")
                        expect("nothing is known of 'nobody'")
                        enter(":threads")
                        expect("\nthreads()\n$prompt")
                        evaluated() shouldContainExactly listOf("threads()")
                    }
                }

                test(":save writes what did not fail, :load evaluates a file, :reset begins afresh, :quit leaves") {
                    val file = folder.resolve("kept.kts")
                    atPrompt(jdk) {
                        enter("1+1")
                        expect("\n2\n$prompt")
                        enter("fail")
                        expect("IllegalStateException: no\n$prompt")
                        enter("print kept")
                        expect("\nkept\n$prompt")
                        enter(":save $file")
                        expect("saved to")
                        expectLastLine(prompt)
                        file.readText() shouldBe "1+1\nprint kept\n"
                        enter(":save $file")
                        expect("is there already")
                        enter(":load $folder/none.kts")
                        expect("there is no such file")
                        enter(":load $file")
                        awaitThat { evaluated().last() == "1+1\nprint kept\n" }
                        enter(":reset")
                        expect("a fresh session\n$prompt")
                        enter("print anew")
                        expect("\nanew\n$prompt")
                        server.received("eval").last()["session"] shouldBe "s2"
                        awaitThat { server.received("close").single()["session"] == "s1" }
                        enter(":quit")
                        expect("STATUS=0")
                    }
                }

                test("long lines fit a window whose size was changed") {
                    atPrompt(jdk) {
                        resize(60)
                        enter("1+1")
                        expect("2\n$prompt")
                        type("print " + "a".repeat(80) + "z")
                        expectLastLine("$prompt print " + "a".repeat(80) + "z")
                        press("Home")
                        type("x")
                        expectLastLine("$prompt xprint " + "a".repeat(80) + "z")
                    }
                }

                test("Ctrl-C clears the line at the prompt, and the line is in the history") {
                    atPrompt(jdk) {
                        type("nonsense {")
                        expectLastLine("$prompt nonsense {")
                        press("C-c")
                        expectLastLine("$prompt")
                        enter("1+1")
                        expect("2\n$prompt")
                        evaluated() shouldContainExactly listOf("1+1")
                    }
                }

                test("Ctrl-C interrupts the evaluation, and the session goes on") {
                    atPrompt(jdk) {
                        enter("loop")
                        awaitThat { evaluated().size == 1 }
                        press("C-c")
                        expect("interrupted\n$prompt")
                        enter("flood")
                        expect("flood\nflood")
                        press("C-c")
                        expect("interrupted\n$prompt")
                        enter("1+1")
                        expect("2\n$prompt")
                    }
                }

                test("Ctrl-C many times while the prompt is drawn does no harm") {
                    atPrompt(jdk) {
                        repeat(30) { press("C-c") }
                        awaitThat({ screen() }) { screen().endsWith(">>>") }
                        // What is typed before Ctrl-C has had its effect may be lost with it, as at any terminal.
                        awaitThat({ "no prompt any more:\n${screen()}" }) {
                            enter("print prompt-is-back")
                            "\nprompt-is-back\n$prompt" in screen()
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
                        expect("interrupted\n$prompt")
                        server.received("manhole/abandon").size shouldBe 1
                        enter("1+1")
                        expect("2\n$prompt")
                    }
                }

                test("code that reads its standard input gets a line, or the end of file for Ctrl-D, or Ctrl-C") {
                    atPrompt(jdk) {
                        enter("read")
                        awaitThat { evaluated().size == 1 }
                        awaitReading()
                        enter("hello !! {")
                        expect("read<hello !! {\n>")
                        expectLastLine("$prompt")
                        enter("read")
                        awaitThat { evaluated().size == 2 }
                        awaitReading()
                        press("C-d")
                        expect("read<>\n$prompt")
                        enter("read")
                        awaitThat { evaluated().size == 3 }
                        awaitReading()
                        press("C-c")
                        expect("interrupted\n$prompt")
                        Path.of("$folder/state/manhole/history").readText() shouldNotContain "hello"
                    }
                }

                test("escapes in output are made visible, and unfinished lines are ended before the prompt") {
                    atPrompt(jdk) {
                        enter("escape")
                        expect("a^[[31mb\\u009bc^?", "z^M\ne^[]0;x^G\n$prompt")
                        enter("print äöü")
                        expect("print äöü\näöü\n$prompt")
                    }
                }

                test("what a thread prints later appears above the half-typed line") {
                    atPrompt(jdk) {
                        enter("later news")
                        expect("news")
                        expectLastLine("$prompt")
                        enter("1+1")
                        expect("2\n$prompt")
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
                        enter("die in-a-line")
                        expect("\nin-a-line\nmanhole-cli: the server is gone", "STATUS=5")
                    }
                    atPrompt(jdk) {
                        enter("1+1")
                        expect("2\n$prompt")
                        type("half typed")
                        expectLastLine("$prompt half typed")
                        server.close()
                        expect("manhole-cli: the server is gone", "STATUS=5")
                        history.readText() shouldContain "half typed"
                    }
                }

                test("the history is there the next time, for its owner only") {
                    atPrompt(jdk) {
                        enter("print once")
                        expect("once\n$prompt")
                        press("C-d")
                        expect("STATUS=0")
                    }
                    val history = folder.resolve("state/manhole/history")
                    PosixFilePermissions.toString(history.getPosixFilePermissions()) shouldBe "rw-------"
                    PosixFilePermissions.toString(history.parent.getPosixFilePermissions()) shouldBe "rwx------"
                    atPrompt(jdk) {
                        press("Up")
                        expectLastLine("$prompt print once")
                        press("C-c")
                        expectLastLine(prompt)
                        press("C-r")
                        type("onc")
                        expect("onc", "print once")
                        press("Enter")
                        expect("\nonce\n$prompt")
                    }
                }

                test("a history that is a link to another file is not written to") {
                    val precious = Files.writeString(folder.resolve("precious"), "data")
                    Files.createDirectories(folder.resolve("state/manhole"))
                    Files.createSymbolicLink(folder.resolve("state/manhole/history"), precious)
                    atPrompt(jdk) {
                        expect("no history is kept", "is not a regular file")
                        enter("1+1")
                        expect("2\n$prompt")
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
