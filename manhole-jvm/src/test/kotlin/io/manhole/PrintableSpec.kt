package io.manhole

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe

/** Text of others on one line of ours, and calls that are read without an engine. */
class PrintableSpec : FunSpec() {
    init {
        test("no control or format character gets through, and all else does") {
            Printable.line("a\u001b[0m\r\n\t\u0000\u009b\u2028\u202e\u200f\ud800\ufeff") shouldBe
                "a\\u001b[0m\\r\\n\\t\\u0000\\u009b\\u2028\\u202e\\u200f\\ud800\\ufeff"
            Printable.line("später, 日本, \ud83d\ude00 \"\\") shouldBe "später, 日本, \ud83d\ude00 \"\\"
        }

        test("a longer text is cut, never in the shown length beyond the limit") {
            Printable.line("abcdefgh", 8) shouldBe "abcdefgh"
            Printable.line("abcdefghi", 8) shouldBe "abcde..."
            Printable.line("\n\n\n\n\n", 8) shouldBe "\\n\\n\\..."
        }

        test("quotes can be told from what is quoted, so that two texts never look alike") {
            Printable.quoted("a\" b=\"\\", 100) shouldBe "\"a\\\" b=\\\"\\\\\""
            Printable.quoted("\\n", 100) shouldBe "\"\\\\n\""
            Printable.quoted("\n", 100) shouldBe "\"\\n\""
            Printable.quoted("abc", 2) shouldBe "\"ab\"..."
        }

        test("a call holds whole numbers, truth values and texts, and nothing else") {
            CommandCall.parse(" note( -1, 2L, 3_000_000_000, true, \"a\\\"b,\\n\" ) ; ") shouldBe
                CommandCall("note", listOf(-1, 2L, 3_000_000_000L, true, "a\"b,\n"))
            CommandCall.parse("note()") shouldBe CommandCall("note", emptyList())
            for (text in listOf(
                "note",
                "note(",
                "note(1,)",
                "note(,)",
                "note(1 2)",
                "note(x)",
                "note(\"a)",
                "note(\"\\q\")",
                "note(1)(2)",
            )) {
                CommandCall.parse(text).shouldBeNull()
            }
            CommandCall.parse("note(99999999999999999999)").shouldBeNull()
        }

        test("a text of megabytes is read without recursion") {
            val long = "x\\n".repeat(1 shl 20)
            CommandCall.parse("note(\"$long\")") shouldBe CommandCall("note", listOf("x\n".repeat(1 shl 20)))
        }
    }
}
