package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeSameInstanceAs

class TerminalTextSpec :
    FunSpec({
        test("text without control characters is left alone") {
            val text = "a\tb\nä€𝄞 \u00a0~"
            TerminalText.neutralise(text) shouldBeSameInstanceAs text
        }

        test("every control character but line feed and tab is made visible") {
            val acting = (0..0x1f).filter { it != 0x0a && it != 0x09 } + (0x7f..0x9f)
            acting.forEach { code ->
                val shown = TerminalText.neutralise("a${code.toChar()}b")
                shown.none { it.code in acting } shouldBe true
                (shown.first() to shown.last()) shouldBe ('a' to 'b')
            }
        }

        test("escape is ^[, delete is ^?, the one-character form of escape [ is \\u009b") {
            TerminalText.neutralise("\u001b[2J\u007f\u009b\r\u0000") shouldBe "^[[2J^?\\u009b^M^@"
        }
    })
