package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import org.jline.utils.AttributedString
import org.jline.utils.AttributedStyle

class SyntaxHighlighterSpec :
    FunSpec({
        /** The parts of one colour each, those without one left out. */
        fun parts(coloured: AttributedString): List<Pair<String, Int>> {
            val parts = ArrayList<Pair<String, Int>>()
            var at = 0
            while (at < coloured.length) {
                val end = coloured.runLimit(at)
                val style = coloured.styleAt(at)
                if (style != AttributedStyle.DEFAULT) parts += coloured.subSequence(at, end).toString() to colourOf(style)
                at = end
            }
            return parts
        }

        fun kotlin(text: String) = parts(coloured(Language.KOTLIN, text))

        fun java(text: String) = parts(coloured(Language.JAVA, text))

        test("keywords, literals, strings and comments have a colour each, in the language of the session") {
            kotlin("val a = true // 1") shouldBe listOf("val" to BLUE, "true" to CYAN, "// 1" to GREY)
            kotlin("var s = \"a\\\"b\" + 'c'") shouldBe listOf("var" to BLUE, "\"a\\\"b\"" to GREEN, "'c'" to GREEN)
            java("int x = new Foo(12)") shouldBe listOf("int" to BLUE, "new" to BLUE, "12" to CYAN)
            kotlin("int x = new") shouldBe emptyList()
            kotlin("@Volatile var a") shouldBe listOf("@Volatile" to YELLOW, "var" to BLUE)
        }

        test("what has not ended yet is coloured as far as it goes") {
            kotlin("f(\"abc") shouldBe listOf("\"abc" to GREEN)
            kotlin("\"abc\nval") shouldBe listOf("\"abc" to GREEN, "val" to BLUE)
            kotlin("\"\"\"a\n\"b\"\nval") shouldBe listOf("\"\"\"a\n\"b\"\nval" to GREEN)
            kotlin("/* val") shouldBe listOf("/* val" to GREY)
            kotlin("\"\\") shouldBe listOf("\"\\" to GREEN)
        }

        test("no character is lost, whatever the text") {
            for (text in listOf("", "\\", "'", "@", "/", "a@b", "é😀\u0000\u001b[31m", "`fun name`", "1..2", "\"\"\"\"", "x\n\n")) {
                coloured(Language.KOTLIN, text).toString() shouldBe text
            }
        }
    })

private const val YELLOW = AttributedStyle.YELLOW
private const val GREEN = AttributedStyle.GREEN
private const val BLUE = AttributedStyle.BLUE
private const val CYAN = AttributedStyle.CYAN
private const val GREY = AttributedStyle.BRIGHT

private val COLOURS = listOf(YELLOW, GREEN, BLUE, CYAN, GREY).associateBy { AttributedStyle.DEFAULT.foreground(it) }

private fun colourOf(style: AttributedStyle) = COLOURS[style] ?: COLOURS.getValue(style.boldDefault())

private fun coloured(language: Language, text: String): AttributedString = SyntaxHighlighter(language).colour(text)
