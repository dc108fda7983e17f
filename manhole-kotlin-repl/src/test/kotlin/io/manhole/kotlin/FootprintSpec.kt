package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withData
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.testing.Jdk
import io.manhole.testing.PlainClient
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat

/** How much of a process the Kotlin session takes, and for how long. */
class FootprintSpec :
    FunSpec({
        context("a heap that can carry the compiler, and ones that cannot") {
            withData(nameFn = { "$it" }, Jdk.all) { jdk ->
                target(jdk, "64m").use { target ->
                    connect(target) {
                        greeted()
                        repeat(30) { eval("val x$it = List(3) { n -> n * $it }; x$it.sum()") shouldBe "${3 * it}\n" }
                    }
                }
                target(jdk, "40m").use { target ->
                    connect(target) {
                        val note = readUntil(NOTE_END)
                        note shouldContain "here is Java instead: the heap has "
                        note shouldContain "and the kotlin engine takes 44 MB: give the process more (-Xmx)"
                        readUntil(PlainClient.PROMPT) shouldBe "\n" + PlainClient.PROMPT
                        eval("numbers.size() * 2") shouldBe "6\n"
                    }
                }
                target(jdk, "14m").use { target ->
                    connect(target) {
                        readUntil(NOTE_END) shouldContain "here are commands only: the heap has "
                        readUntil(PlainClient.PROMPT) shouldBe "\n" + PlainClient.PROMPT
                        eval("1 + 1") shouldContain "and the kotlin engine takes 44 MB"
                        eval("help()") shouldContain "dumpStackTraces"
                    }
                }
            }
        }

        test("the next session finds the compiler of the last") {
            target(Jdk.current, "256m", "engineKeepAlive=60m").use { target ->
                connect(target) { greeted().eval("1") shouldBe "1\n" }
                val first = target.compilers()
                first shouldHaveSize 1
                connect(target) { greeted().eval("1") shouldBe "1\n" }
                target.compilers() shouldBe first
            }
        }

        test("when its time is up the compiler goes, and comes back for the next session") {
            target(Jdk.current, "256m", "engineKeepAlive=200ms").use { target ->
                repeat(2) {
                    connect(target) { greeted().eval("1") shouldBe "1\n" }
                    awaitThat({ "the compiler is still there" }) { target.compilers().isEmpty() }
                }
            }
        }

        test("closing the manhole does not wait for the time to be up") {
            target(Jdk.current, "256m", "engineKeepAlive=60m").use { target ->
                connect(target) { greeted().eval("1") shouldBe "1\n" }
                target.compilers() shouldHaveSize 1
                target.tell("close")
                awaitThat({ "the compiler is still there" }) { target.compilers().isEmpty() }
            }
        }

        test("a full heap does not wait for it either") {
            target(Jdk.current, "256m", "engineKeepAlive=60m").use { target ->
                connect(target) { greeted().eval("1") shouldBe "1\n" }
                target.compilers() shouldHaveSize 1
                target.tell("fill 180")
                awaitThat({ "the compiler is still there" }) { target.compilers().isEmpty() }
            }
        }
    })

private fun target(jdk: Jdk, heap: String, vararg options: String) =
    TargetJvm(jdk, ManholeApplication::class.java.name, jvmArguments = listOf("-Xmx$heap"), arguments = options.asList()).awaitSocket()

private fun connect(target: TargetJvm, session: PlainClient.() -> Unit) =
    PlainClient.whenOpen(target.socketPath).use { client ->
        client.session()
        client.endInput()
        client.readToEnd()
    }

/** How the note of an engine that does not fit ends. */
private const val NOTE_END = "connect again when it needs less"

private var asked = 0

/** The numbers of the compiler's threads in the process. */
private fun TargetJvm.compilers(): List<String> {
    val question = ++asked
    tell("compiler $question")
    return awaitLine("compiler $question: ").substringAfter(": ").removeSurrounding("[", "]").split(", ").filter { it.isNotEmpty() }
}
