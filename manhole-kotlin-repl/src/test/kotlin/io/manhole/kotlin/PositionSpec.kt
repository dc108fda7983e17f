package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainInOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.manhole.repl.EvalResult
import io.manhole.repl.Repl

class PositionSpec :
    FunSpec({
        val session = SharedSessions.open()
        afterSpec { session.close() }

        fun Repl.firstError(text: String) =
            eval(text).shouldBeInstanceOf<EvalResult.Rejected>().diagnostics().first().let {
                it.line() to
                    it.column()
            }

        test("an error is where it is in the user's text") {
            session.firstError("undefined") shouldBe (1 to 1)
            session.firstError("  undefined") shouldBe (1 to 3)
            session.firstError("val a = 1\nval b = a +\n  undefined") shouldBe (3 to 3)
            session.firstError("import java.util.Date\nimport java.time.*\n\nval d = undefined // c") shouldBe (4 to 9)
            session.firstError("private val a = undefined") shouldBe (1 to 17)
            session.firstError("val (a, b) = 1 to 2; undefined") shouldBe (1 to 22)
            session.firstError("for (i in 1..3) { undefined }") shouldBe (1 to 19)
            session.firstError("if (true) { undefined }") shouldBe (1 to 13)
            session.firstError("val o = object { val x = undefined }") shouldBe (1 to 26)
            session.firstError("fun f() {\n\tundefined\n}") shouldBe (2 to 2)
            session.firstError("\"ä😀\" + undefined") shouldBe (1 to 9)
        }

        test("frames of evaluated code name the snippet and its line") {
            session.eval("fun f(n: Int): Int {\n  if (n > 3)\n    throw RuntimeException(\"x\")\n  return n\n}")
            val failed = session.eval("\n\nlistOf(1, 9).map {\n  f(it)\n}").shouldBeInstanceOf<EvalResult.Failed>()
            val frames = failed.thrown().stackTrace.filter { it.fileName.orEmpty().startsWith("snippet ") }
            frames.map { it.lineNumber } shouldContainInOrder listOf(3, 4)
            frames[0].methodName shouldBe "f"
        }
    })
