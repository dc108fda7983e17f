package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

class PageSpec :
    FunSpec({
        fun lines(count: Int) = (1..count).joinToString("\n") { "line $it" }

        fun firstPage(text: String, rows: Int, columns: Int) = text.substring(0, Page.end(text, rows, columns))

        test("a text that fits is shown whole") {
            firstPage(lines(6), 10, 80) shouldBe lines(6)
            firstPage("", 10, 80) shouldBe ""
        }

        test("of a longer one as many lines as leave room for the prompt and a hint") {
            firstPage(lines(7), 10, 80) shouldBe lines(6)
            firstPage(lines(1000), 50, 80) shouldBe lines(46)
        }

        test("a line that is wider than the screen takes as many rows as it needs") {
            firstPage("a".repeat(160) + "\n" + lines(100), 10, 80) shouldBe "a".repeat(160) + "\n" + lines(4)
            firstPage("a".repeat(81) + "\n" + lines(100), 10, 80) shouldBe "a".repeat(81) + "\n" + lines(4)
        }

        test("of a single line that is more than a page, a page; characters are not cut in two") {
            firstPage("a".repeat(10_000), 10, 80) shouldBe "a".repeat(480)
            firstPage("a" + "😀".repeat(10_000), 10, 80) shouldBe "a" + "😀".repeat(239)
        }

        test("a screen that is too small for pages, or does not tell its size, gets all") {
            firstPage(lines(100), 7, 80) shouldBe lines(100)
            firstPage(lines(100), 0, 0) shouldBe lines(100)
        }
    })
