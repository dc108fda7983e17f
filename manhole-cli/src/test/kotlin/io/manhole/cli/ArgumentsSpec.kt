package io.manhole.cli

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import java.time.Duration

class ArgumentsSpec :
    FunSpec({
        val code = Arguments.valued("e")
        val file = Arguments.valued("f")
        val quiet = Arguments.flag("q", "quiet")
        val keep = Arguments.valued("keep")

        fun parse(vararg given: String) = Arguments.parse(given.toList(), listOf(code, file, quiet, keep))

        fun Arguments.given() = inOrder().map { Arguments.names(it).first() to it.value }

        fun refusal(block: () -> Unit): String {
            val refused = shouldThrow<ClientException>(block)
            refused.exitStatus() shouldBe 2
            refused.message!! shouldContain "--help"
            return refused.message!!
        }

        test("options may be given in any order, before and after what is none, and keep their own order") {
            val arguments = parse("-f", "a", "1", "-e", "b", "--quiet", "-f", "c", "-e", "d")
            arguments.given() shouldContainExactly listOf("-f" to "a", "-e" to "b", "-q" to null, "-f" to "c", "-e" to "d")
            arguments.operand("PID") shouldBe "1"
        }

        test("code may look like anything") {
            val texts = listOf("-q", "-e", "--", "--keep=1", "-1", "\"a\"", "'a'", "a=b", "=", "", "@x", "-", "-x + 1", "--quiet", "!")
            for (text in texts) {
                parse("-e", text, "1").given() shouldContainExactly listOf("-e" to text)
                parse("-e=$text", "1").given() shouldContainExactly listOf("-e" to text)
            }
            parse("-e1+1", "1").given() shouldContainExactly listOf("-e" to "1+1")
            parse("-qe", "1+1").given() shouldContainExactly listOf("-q" to null, "-e" to "1+1")
        }

        test("after -- nothing is an option") {
            parse("-q", "--", "-e").operand("PID") shouldBe "-e"
        }

        test("an option without the value it needs, or one that there is not, is told") {
            refusal { parse("1", "-e") } shouldStartWith "-e needs a value"
            refusal { parse("--kee", "1") } shouldContain "--kee"
            refusal { parse("-x", "1") } shouldContain "-x"
            refusal { parse("--quiet=1") } shouldContain "--quiet"
        }

        test("what makes sense once is refused twice") {
            val arguments = parse("--keep", "1", "--keep", "2")
            refusal { arguments.value(keep) } shouldStartWith "--keep"
            parse().value(keep).shouldBeNull()
        }

        test("seconds may have fractions, and are bounded") {
            parse("--keep", "2").seconds(keep) shouldBe Duration.ofSeconds(2)
            parse("--keep", ".5").seconds(keep) shouldBe Duration.ofMillis(500)
            parse("--keep", "999999999999").seconds(keep) shouldBe Duration.ofSeconds(1_000_000)
            for (wrong in listOf("", "x", "-1", "1e3", "NaN", "1.")) {
                refusal { parse("--keep", wrong).seconds(keep) } shouldContain
                    "'$wrong'"
            }
        }

        test("one argument that is no option is wanted, or none") {
            refusal { parse("-q").operand("PID") } shouldContain "PID"
            refusal { parse("1", "2").operand("PID") } shouldContain "'2'"
            refusal { parse("1").noOperands() } shouldContain "'1'"
            parse("-q").noOperands()
        }

        test("--help explains every option, and no other, with its value if it takes one") {
            val explained = Resource.text("help.txt").lines().filter { it.matches(Regex(" {2,6}-.*")) }.map { it.trim() }
            val expected = ManholeCli.OPTIONS.map { Arguments.names(it).joinToString(", ") to it.hasArg() } + ("--completion" to true)
            explained
                .map { line -> Regex("^(-[-\\w]+(?:, --[-\\w]+)?)( [A-Za-z|]+)?").find(line)!! }
                .map { it.groupValues[1] to it.groupValues[2].isNotEmpty() } shouldContainExactlyInAnyOrder expected
        }

        test("a line of help fits a terminal") {
            listOf("help.txt", "help-ls.txt").flatMap { Resource.text(it).lines() }.filter { it.length > 80 }.shouldBeEmpty()
        }
    })
