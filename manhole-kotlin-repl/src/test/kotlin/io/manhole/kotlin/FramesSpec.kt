package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainInOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.manhole.repl.EvalResult

class FramesSpec :
    FunSpec({
        val session = SharedSessions.open()
        afterSpec { session.close() }

        test("frames of evaluated code name the snippet and its line") {
            session.eval("fun f(n: Int): Int {\n  if (n > 3)\n    throw RuntimeException(\"x\")\n  return n\n}")
            val failed = session.eval("\n\nlistOf(1, 9).map {\n  f(it)\n}").shouldBeInstanceOf<EvalResult.Failed>()
            val frames = failed.thrown().stackTrace.filter { it.fileName.orEmpty().startsWith("snippet ") }
            frames.map { it.lineNumber } shouldContainInOrder listOf(3, 4)
            frames[0].methodName shouldBe "f"
        }
    })
