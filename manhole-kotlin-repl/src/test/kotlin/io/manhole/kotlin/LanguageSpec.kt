package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

class LanguageSpec :
    FunSpec({
        val session = SharedSessions.open()
        afterSpec { session.close() }

        /** Evaluates the texts in a row; each must show as is said. */
        fun test(name: String, vararg steps: Pair<String, String>) =
            test(name) { steps.forEach { (text, shown) -> withClue(text) { session.show(text) shouldBe shown } } }

        test("expressions", "1 + 1" to "2: Int", "\"a\" + 'b'" to "ab: String", "if (true) 1 else \"a\"" to "1: Any")
        test("the last of several on a line", "1 + 1; 2 + 2" to "4: Int", "val a1 = 1; val b1 = a1 * 2; a1 + b1" to "3: Int")
        test("several lines", "val a2 = 1\nval b2 = 2\n\na2 + b2" to "3: Int", "listOf(1).let { it\n  .first() }" to "1: Int")
        test(
            "comments anywhere",
            "1 + 1 // c" to "2: Int",
            "println() // c\n// d" to "nothing",
            "2 /* c\n d */" to "2: Int",
            "// only" to "nothing",
            "/* only */" to "nothing",
            "" to "nothing",
            "/** doc */ fun documented() = 3 // c" to "nothing",
            "documented()" to "3: Int",
        )
        test(
            "values that are not",
            "Unit" to "nothing",
            "null" to "null: Nothing?",
            "val s3: String? = null; s3?.length" to "null: Int?",
        )
        test(
            "statements at the end",
            "var v4 = 1" to "nothing",
            "v4 = 3" to "nothing",
            "v4 += 2; v4" to "5: Int",
            "v4++" to "5: Int",
            "for (i in 1..3) v4 += i" to "nothing",
            "while (v4 < 20) v4++" to "nothing",
            "outer@ for (i in 1..3) { for (j in 1..3) continue@outer }" to "nothing",
            "if (v4 > 3) v4 = 0" to "nothing",
            "when (v4) { 0 -> v4 = 8 }" to "nothing",
            "when (v4) { 8 -> \"eight\"; else -> \"other\" }" to "eight: String",
            "intArrayOf(1)[0]" to "1: Int",
            "val xs4 = intArrayOf(1, 2)\nxs4[0] = 9" to "nothing",
            "xs4[0]" to "9: Int",
        )
        test(
            "expressions that never end well",
            "error(\"boom\")" to "thrown java.lang.IllegalStateException: boom",
            "TODO()" to "thrown kotlin.NotImplementedError: An operation is not implemented.",
            "throw RuntimeException(\"x\")" to "thrown java.lang.RuntimeException: x",
        )
        test(
            "properties",
            "val p5 by lazy { 42 }; p5" to "42: Int",
            "val q5: Int get() = 7" to "nothing",
            "q5" to "7: Int",
            "lateinit var l5: String" to "nothing",
            "l5 = \"late\"; l5" to "late: String",
            "const val C5 = 4" to "nothing",
            "C5 + 1" to "5: Int",
            "val String.len5 get() = length" to "nothing",
            "\"abc\".len5" to "3: Int",
            "val n5: Int\nn5 = 4" to "nothing",
            "n5" to "4: Int",
            "private val hidden5 = 1" to "nothing",
            "hidden5" to "1: Int",
        )
        test(
            "functions",
            "fun twice(x: Int) = x * 2" to "nothing",
            "twice(4)" to "8: Int",
            "fun String.shout() = uppercase() + \"!\"" to "nothing",
            "\"a\".shout()" to "A!: String",
            "infix fun Int.pow(o: Int): Int = if (o == 0) 1 else this * pow(o - 1)" to "nothing",
            "2 pow 3" to "8: Int",
            "operator fun Int.invoke(s: String) = s.repeat(this)" to "nothing",
            "3(\"ab\")" to "ababab: String",
            "inline fun <reified T> nameOf() = T::class.java.simpleName" to "nothing",
            "nameOf<String>()" to "String: String",
            "inline fun again(f: () -> Unit) { f(); f() }" to "nothing",
            "var n6 = 0; again { n6++ }; n6" to "2: Int",
            "(fun(x: Int) = x + 1)(2)" to "3: Int",
            "suspend fun later() = 1" to "nothing",
            "sequence { yield(1); yield(2) }.toList()" to "[1, 2]: List<Int>",
        )
        test(
            "a newer declaration takes the place of an older",
            "fun f7() = 1" to "nothing",
            "fun f7() = \"new\"" to "nothing",
            "f7()" to "new: String",
            "fun f7(x: Int) = x" to "nothing",
            "f7()" to "new: String",
            "f7(5)" to "5: Int",
            "fun <T> g7(x: T) = \"T\"" to "nothing",
            "fun <A> g7(x: A) = \"A\"" to "nothing",
            "g7(1)" to "A: String",
            "val x7 = 1" to "nothing",
            "object x7 { val y = 2 }" to "nothing",
            "x7.y" to "2: Int",
            "val x7 = 3" to "nothing",
            "x7" to "3: Int",
            "class Date" to "nothing",
            "import java.util.Date" to "nothing",
            "Date(0).time" to "0: Long",
            "class Date { val mine = true }" to "nothing",
            "Date().mine" to "true: Boolean",
        )
        test(
            "classes",
            "data class P8(val a: Int)" to "nothing",
            "P8(3)" to "P8(a=3): P8",
            "listOf(P8(1)).map { it.a }" to "[1]: List<Int>",
            "listOf(P8(1))" to "[P8(a=1)]: List<P8>",
            "enum class E8 { A, B }" to "nothing",
            "E8.entries.toList()" to "[A, B]: List<E8>",
            "sealed interface R8; data class Ok8(val v: Int) : R8; data object Err8 : R8" to "nothing",
            "val r8: R8 = Ok8(3); when (r8) { is Ok8 -> r8.v; Err8 -> 0 }" to "3: Int",
            "@JvmInline value class Id8(val v: Int)" to "nothing",
            "Id8(3)" to "Id8(v=3): Id8",
            "fun interface Op8 { fun go(i: Int): Int }" to "nothing",
            "Op8 { it * 2 }.go(4)" to "8: Int",
            "class A8 { companion object { const val C = 3 } }" to "nothing",
            "A8.C" to "3: Int",
            "internal class I8 { val a = 1 }" to "nothing",
            "I8().a" to "1: Int",
            "private class Q8 { override fun toString() = \"q\" }" to "nothing",
            "Q8()" to "q: Q8",
            "typealias Names8 = List<String>" to "nothing",
            "val l8: Names8 = listOf(\"a\"); l8" to "[a]: List<String>",
            "object Counter8 { var n = 0 }" to "nothing",
            "Counter8.n++; Counter8.n" to "1: Int",
        )
        test(
            "members of an object expression",
            "val o9 = object { val x = 1; fun f() = 2 }" to "nothing",
            "o9.x + o9.f()" to "3: Int",
            "val r9: Runnable = object : Runnable { override fun run() {} }" to "nothing",
            "var called9 = 0; val s9 = object : Runnable { override fun run() { called9++ } }" to "nothing",
            "s9.run(); called9" to "1: Int",
        )
        test(
            "destructuring",
            "val (a10, _, c10) = Triple(1, 2, \"three\") // c" to "nothing",
            "\"\$a10 \$c10\"" to "1 three: String",
            "var (d10, e10) = 1 to 2\nd10 + e10" to "3: Int",
            "for ((k, v) in mapOf(1 to 2)) println(k + v)" to "nothing",
        )
        test(
            "imports",
            "import java.util.concurrent.TimeUnit" to "nothing",
            "TimeUnit.SECONDS" to "SECONDS: TimeUnit",
            "import java.time.*" to "nothing",
            "Duration.ofSeconds(3)" to "PT3S: Duration",
            "import kotlin.math.sqrt as root\nroot(4.0)" to "2.0: Double",
            "root(9.0)" to "3.0: Double",
            "import java.time.Duration as D; D.ZERO" to "PT0S: Duration",
            "import no.such.Thing" to "1:8 Unresolved reference 'no'.",
            "1 + 1" to "2: Int",
        )
        test(
            "types whose value is not what lies in the field",
            "5u" to "5: UInt",
            "kotlin.time.Duration.parse(\"5s\")" to "5s: Duration",
            "Result.success(3)" to "Success(3): Result<Int>",
        )
        test(
            "files pasted whole",
            "package some.where\nimport java.util.Date\nfun main() { println(Date(0)) }" to "nothing",
            "@file:Suppress(\"unused\")\n4" to "4: Int",
            "main()" to "nothing",
        )
        test(
            "what is wrong",
            "val z: Int = \"s\"" to "1:14 Initializer type mismatch: expected 'Int', actual 'String'.",
            "x +* 1" to "1:4 Expecting an element",
            "return 5" to "1:1 'return' is prohibited here.",
            "\"abc" to "1:5 Expecting '\"'",
            "P8(\"x\")" to "1:4 Argument type mismatch: actual type is 'String', but 'Int' was expected.",
        )
    })
