package io.manhole

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.manhole.repl.EvalResult
import io.manhole.repl.Evaluation
import io.manhole.repl.RecordingContext

/** What can be typed at the Java prompt, and what comes of it. */
class JavaLanguageSpec :
    FunSpec({
        /** Evaluates the texts in a session of their own; each must show as is said. */
        fun test(name: String, vararg steps: Pair<String, String>) =
            test(name) {
                JavaPrompt.open().use { steps.forEach { (text, shown) -> withClue(text) { it.show(text) shouldBe shown } } }
            }

        test(
            "values and their types",
            "\"a\" + 1" to "a1: String",
            "List.of(1, 2)" to "[1, 2]: List<Integer>",
            "1L << 40" to "1099511627776: long",
            "'c'" to "c: char",
            "null" to "null: Object",
            "var m = new HashMap<String, List<Integer>>()" to "nothing",
            "m.put(\"a\", List.of(5))" to "null: List<Integer>",
            "m" to "{a=[5]}: HashMap<String,List<Integer>>",
            "m.get(\"a\").get(0) + 1" to "6: int",
        )
        test(
            "declarations of every kind",
            "record Point(int x, int y) { int sum() { return x + y; } }" to "nothing",
            "new Point(1, 2).sum()" to "3: int",
            "enum Color { RED, GREEN }" to "nothing",
            "Color.valueOf(\"RED\").ordinal()" to "0: int",
            "interface Shape { double area(); }" to "nothing",
            "Shape s = () -> 2.5" to "nothing",
            "s.area()" to "2.5: double",
            "<T> T same(T t) { return t; }" to "nothing",
            "same(\"x\")" to "x: String",
            "import java.time.Duration" to "nothing",
            "Duration.ofSeconds(61)" to "PT1M1S: Duration",
            "class Counter { int n; Counter up() { n++; return this; } }" to "nothing",
            "new Counter().up().up().n" to "2: int",
        )
        test(
            "several statements at once, and over several lines",
            "int a = 1; int b = 2; a + b" to "3: int",
            "int c = 3\nc + 1" to "4: int",
            "List.of(3, 1, 2).stream()\n    .sorted()\n    .map(n -> n * 2)\n    .toList()" to "[2, 4, 6]: List<Integer>",
            "int twice(int n) {\n\n    return 2 * n;\n}\ntwice(4)" to "8: int",
            "if (a > 5) c = 1; else c = 7;\nc" to "7: int",
            "// nothing but a comment" to "nothing",
            "for (int i = 0; i < 3; i++) c += i" to "nothing",
            "c" to "10: int",
        )
        test(
            "the last value is res, and has its type",
            "\"abc\"" to "abc: String",
            "res.length()" to "3: int",
            "res + 1" to "4: int",
            "\$1" to "abc: String",
            "res" to "abc: String",
            "String res = \"mine\"" to "nothing",
            "1 + 1" to "2: int",
            "res" to "mine: String",
        )
        test(
            "assignments are expressions",
            "int n = 1" to "nothing",
            "n = 5" to "5: int",
            "n++" to "5: int",
            "n" to "6: int",
        )
        test(
            "a newer declaration replaces an older one",
            "int x = 1" to "nothing",
            "String x = \"text\"" to "nothing",
            "x.length()" to "4: int",
            "int f() { return 1; }" to "nothing",
            "int f() { return 2; }" to "nothing",
            "f()" to "2: int",
        )
        test(
            "of a text that fails nothing remains, and what it had replaced is back",
            "int x = 1; int f() { return 10; }" to "nothing",
            "x = 5" to "5: int",
            "int x = 6; int f() { return 20; } undefined" to "1:35 cannot find symbol, symbol: variable undefined",
            "x + f()" to "15: int",
            "String x = \"new\"; throw new IllegalStateException(x)" to "thrown java.lang.IllegalStateException: new",
            "x + f()" to "15: int",
        )
        test(
            "text that cannot be compiled is not run, not even its beginning",
            "int n = 0" to "nothing",
            "n = 7; undefined()" to "1:8 cannot find symbol, symbol: method undefined()",
            "n" to "0: int",
            "int i = \"text\"" to "1:9 incompatible types: java.lang.String cannot be converted to int",
            "Missing m" to "1:1 cannot find class Missing",
            "}" to "1:1 illegal start of statement",
        )

        test("incomplete text waits for more") {
            JavaPrompt.open().use { session ->
                for (text in listOf(
                    "int f(int n) {",
                    "List.of(1,",
                    "\"\"\"\n  text",
                    "/* comment",
                    "class A {\n\n  int x;",
                    "1 +",
                    "for (;;)",
                )) {
                    withClue(text) {
                        session.eval(text) shouldBe EvalResult.Incomplete()
                        session.isComplete(text) shouldBe false
                    }
                }
                for (text in listOf("1", "int f() { return 1; }", "}", "if (true) { }", "List.of(1)\n  .size()", "int x = 1; x", "")) {
                    withClue(text) { session.isComplete(text) shouldBe true }
                }
            }
        }

        test("methods may call each other, whichever comes first") {
            val context = RecordingContext()
            JavaPrompt.open(context).use {
                it.show("boolean even(int n) { return n == 0 || odd(n - 1); }") shouldBe "nothing"
                context.warnings shouldContainExactly listOf("even can be used once this is declared: method odd(int)")
                it.show("even(3)") shouldContain "thrown java.lang.IllegalStateException: what was called refers to something"
                it.show("boolean odd(int n) { return n != 0 && even(n - 1); }") shouldBe "nothing"
                it.show("even(4)") shouldBe "true: boolean"
            }
        }

        test("a stack trace names the snippet and the user's line") {
            JavaPrompt.open().use {
                it.show(
                    "int x = 1;\nint fail(int n) {\n    if (n > 0) {\n        throw new IllegalStateException(\"n\");\n    }\n    return 1;\n}",
                )
                it.show("int y = 2;") shouldBe "nothing"
                val call = "// calls it\n\n  Supplier<Integer> s = () ->\n fail(y);\nint z = 0;\n  s.get()"
                val thrown = Evaluation(it, call).await().shouldBeInstanceOf<EvalResult.Failed>().thrown()
                val frames = StackTraces.render(thrown)
                frames shouldContain ".fail(snippet 1:4)"
                frames shouldContain "(snippet 3:4)"
                frames shouldContain ".do_it$(snippet 3:6)"
                frames shouldNotContain "io.manhole"
                frames shouldNotContain "jdk.jshell"
            }
        }

        test("completion knows the objects, their members and what was declared") {
            val context = RecordingContext(mapOf("orders" to ArrayList(listOf("a"))))
            JavaPrompt.open(context).use { session ->
                fun candidates(text: String) = session.complete(text, text.length).map { it.candidate() }
                session.show("int counted = 1; int countAll(int n) { return n; }")
                candidates("ord") shouldContain "orders"
                candidates("orders.siz") shouldContainExactly listOf("size")
                candidates("count") shouldContainExactly listOf("countAll", "counted")
                candidates("int n = 1; orders.isE") shouldContainExactly listOf("isEmpty")
                candidates("new ArrayLi") shouldContain "ArrayList"
                candidates("\$manh").shouldBeEmpty()
                candidates("\"text").shouldBeEmpty()
                session.complete("orders.si", 9).single().kind() shouldBe "function"
                candidates("") shouldContain "orders"
            }
        }
    })
