package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.manhole.repl.EvalResult
import io.manhole.repl.Evaluation

class HardTextSpec :
    FunSpec({
        val session = SharedSessions.open()
        afterSpec { session.close() }

        fun goesOn() = session.show("1 + 1") shouldBe "2: Int"

        test("a text nested too deeply is rejected") {
            session.show("(".repeat(60_000) + "1" + ")".repeat(60_000)) shouldContain "nested too deeply"
            session.isComplete("(".repeat(60_000)) shouldBe true
            session.show("val x = " + "-".repeat(100_000) + "1") shouldContain "nested too deeply"
            session.show("1" + " + 1".repeat(5_000)) shouldContain "nested too deeply"
            goesOn()
        }

        test("a text of a megabyte is run or rejected") {
            session.show("\"" + "a".repeat(1 shl 20) + "\".length") shouldBe "1048576: Int"
            session.show("// " + "a".repeat(1 shl 20) + "\n3") shouldBe "3: Int"
            session.show("val big = intArrayOf(" + "1234567,".repeat(130_000) + "1)") shouldContain "too long"
            goesOn()
        }

        test("code too big for a method is rejected") {
            session.show("val big = intArrayOf(" + "1234567,".repeat(10_000) + "1)") shouldContain "smaller pieces"
            goesOn()
        }

        test("a compilation that takes long ends with an interrupt, and the next one need not wait for it") {
            val evaluation = Evaluation(session, "val x = " + "if (true) ".repeat(60) + "1 " + "else listOf(2) ".repeat(60))
            evaluation.awaitThread { it.state == Thread.State.WAITING } // for the compiler
            evaluation.interrupt()
            evaluation.await().shouldBeInstanceOf<EvalResult.Failed>()
            goesOn()
        }
    })
