package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withData
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
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
                    connect(target) { greeting ->
                        greeting shouldNotContain "heap"
                        repeat(30) { eval("val x$it = List(3) { n -> n * $it }; x$it.sum()") shouldBe "${3 * it}\n" }
                    }
                }
                target(jdk, "40m").use { target ->
                    connect(target) { greeting ->
                        val note = noteIn(greeting)
                        note shouldContain "here is Java instead: the heap has "
                        note shouldContain "and the kotlin engine takes 44 MB: give the process more (-Xmx)"
                        send("int twice = numbers.size() * 2\n")
                        readUntil("6\n")
                    }
                }
                target(jdk, "14m").use { target ->
                    connect(target) { greeting ->
                        noteIn(greeting) shouldContain "here are commands only: the heap has "
                        send("1 + 1\n")
                        readUntil("and the kotlin engine takes 44 MB")
                    }
                }
            }
        }

        test("the next session finds the compiler of the last") {
            target(Jdk.current, "256m", "engineKeepAlive=60m").use { target ->
                connect(target) { eval("1") shouldBe "1\n" }
                val first = target.compilers()
                first shouldHaveSize 1
                connect(target) { eval("1") shouldBe "1\n" }
                target.compilers() shouldBe first
            }
        }

        test("when its time is up the compiler goes, and comes back for the next session") {
            target(Jdk.current, "256m", "engineKeepAlive=200ms").use { target ->
                repeat(2) {
                    connect(target) { eval("1") shouldBe "1\n" }
                    awaitThat({ "the compiler is still there" }) { target.compilers().isEmpty() }
                }
            }
        }

        test("closing the manhole does not wait for the time to be up") {
            target(Jdk.current, "256m", "engineKeepAlive=60m").use { target ->
                connect(target) { eval("1") shouldBe "1\n" }
                target.compilers() shouldHaveSize 1
                target.tell("close")
                awaitThat({ "the compiler is still there" }) { target.compilers().isEmpty() }
            }
        }

        test("a full heap does not wait for it either") {
            target(Jdk.current, "256m", "engineKeepAlive=60m").use { target ->
                connect(target) { eval("1") shouldBe "1\n" }
                target.compilers() shouldHaveSize 1
                target.tell("fill 180")
                awaitThat({ "the compiler is still there" }) { target.compilers().isEmpty() }
            }
        }
    })

private fun target(jdk: Jdk, heap: String, vararg options: String) =
    TargetJvm(jdk, ManholeApplication::class.java.name, jvmArguments = listOf("-Xmx$heap"), arguments = options.asList()).awaitSocket()

private fun connect(target: TargetJvm, session: PlainClient.(greeting: String) -> Unit) =
    PlainClient.whenOpen(target.socketPath).use { client ->
        client.session(client.readUntil(">>> "))
        client.endInput()
        client.readToEnd()
    }

/** The engine is chosen while the greeting is written, so its note comes before or after the prompt. */
private fun PlainClient.noteIn(greeting: String) = if (NOTE_END in greeting) greeting else greeting + readUntil(NOTE_END)

private const val NOTE_END = "connect again when it needs less"

private var asked = 0

/** The numbers of the compiler's threads in the process. */
private fun TargetJvm.compilers(): List<String> {
    val question = ++asked
    tell("compiler $question")
    return awaitLine("compiler $question: ").substringAfter(": ").removeSurrounding("[", "]").split(", ").filter { it.isNotEmpty() }
}
