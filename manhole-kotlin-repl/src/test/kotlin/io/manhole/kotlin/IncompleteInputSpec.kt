package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.manhole.repl.EvalResult

class IncompleteInputSpec :
    FunSpec({
        val session = SharedSessions.open()
        afterSpec { session.close() }

        val incomplete =
            listOf(
                "fun f() {",
                "fun f(",
                "fun f() =",
                "val x =",
                "1 +",
                "foo(",
                "foo( // comment",
                "listOf(1,\n2,",
                "if (true)",
                "if (true) {",
                "class A {",
                "class A {\n\n  val x = 1",
                "\"\"\"abc",
                "\"\"\"abc\n\"",
                "\"abc \${",
                "\"abc \${1",
                "/* abc",
                "1 /* abc",
                "x.",
                "try { 1 }",
                "@Deprecated(\"\")",
                "val f = { x: Int ->",
                "when (1) {",
                "for (i in 1..3)",
                "object : Runnable {",
                "import",
            )
        for (text in incomplete) {
            test("incomplete: $text".replace("\n", "\\n")) {
                session.isComplete(text) shouldBe false
                session.eval(text) shouldBe EvalResult.Incomplete()
            }
        }

        val complete =
            listOf(
                "1",
                "",
                "// c",
                ") foo",
                "fun f() { } }",
                "\"abc",
                "'a",
                "val x = ) 1",
                "else",
                "fun noBody()",
                "1 + // c\n1",
                "x +* 1 +",
                "\"abc \${1}",
                "foo(]",
            )
        for (text in complete) {
            test("complete, right or wrong: $text".replace("\n", "\\n")) { session.isComplete(text) shouldBe true }
        }
    })
