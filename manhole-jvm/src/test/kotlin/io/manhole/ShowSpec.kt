package io.manhole

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldStartWith
import io.manhole.repl.RecordingContext
import io.manhole.repl.ReplCommand
import java.math.BigDecimal

/** `show(x)`: all of a value. */
class ShowSpec : FunSpec() {
    private open class Base(private val hidden: String)

    @Suppress("unused")
    private class Account(hidden: String, val owner: String, var balance: BigDecimal) : Base(hidden)

    private data class Order(val id: Int, val customer: String)

    private class Rows : AbstractList<String>() {
        override val size get() = 3

        override fun get(index: Int) = "row $index"
    }

    private fun show(value: Any?) = ShownValue.of(value) { false }

    init {
        test("an object's fields, private and inherited ones too") {
            show(Account("secret", "Ann", BigDecimal("12.50"))) shouldMatch
                """
                |io.manhole.ShowSpec\${'$'}Account@[0-9a-f]+
                |    hidden: String = secret
                |    owner: String = Ann
                |    balance: BigDecimal = 12.50
                |
                """.trimMargin()
        }

        test("an object that says something of itself says it first") {
            show(Order(1, "Ann")) shouldContain "\n    Order(id=1, customer=Ann)\n    id: int = 1\n"
        }

        test("fields that a module keeps to itself are said to be out of reach") {
            show(Thread.currentThread()) shouldContain
                "(fields of java.lang.Thread cannot be seen: module java.base does not open its package)"
        }

        test("objects of one class are a table") {
            show(listOf(Order(1, "Ann"), Order(20, "Bob"))) shouldBe
                """
                |Arrays${'$'}ArrayList, 2 elements
                |#  id  customer
                |0   1  Ann
                |1  20  Bob
                |
                """.trimMargin()
        }

        test("other elements are one to a line, and so are a map's entries") {
            show(listOf(1, "a", null)) shouldBe "Arrays\$ArrayList, 3 elements\n    0: 1\n    1: a\n    2: null\n"
            show(intArrayOf(5)) shouldBe "int[], 1 element\n    0: 5\n"
            show(mapOf("a" to listOf(1), "b" to 2)) shouldBe "LinkedHashMap\n    a = [1]\n    b = 2\n"
            show((1..2000).toList()) shouldContain "\n    999: 1000\n… 1000 more\n"
        }

        test("a collection that the prompt does not read is read") {
            Printer.print(Rows()) shouldContain "not read"
            show(Rows()) shouldContain "\n    2: row 2\n"
        }

        test("bytes are dumped") {
            show("Hello, world! \u0001+".toByteArray()) shouldBe
                """
                |byte[16]
                |00000000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 21 20 01 2b  |Hello, world! .+|
                |
                """.trimMargin()
        }

        test("an exception has its trace, text its whole length, and nothing is null") {
            show(IllegalStateException("thrown")) shouldStartWith "java.lang.IllegalStateException: thrown\n    at io.manhole.ShowSpec"
            show("x".repeat(100_000)) shouldBe "x".repeat(100_000) + "\n"
            show(null) shouldBe "null\n"
        }

        test("a command's argument may be anything, null too") {
            val seen = ArrayList<Any?>()
            val note = ReplCommand("note", listOf(ReplCommand.Parameter("value", Any::class.java)), "notes") { seen += it[0] }
            JavaPrompt.open(RecordingContext(commands = listOf(note))).use { session ->
                session.show("note(List.of(1)); note(2); note(null)") shouldBe "nothing"
            }
            seen shouldBe listOf(listOf(1), 2, null)
        }
    }
}
