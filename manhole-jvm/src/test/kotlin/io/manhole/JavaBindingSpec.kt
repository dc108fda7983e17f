package io.manhole

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import io.manhole.repl.EvalResult
import io.manhole.repl.RecordingContext
import io.manhole.repl.ReplCommand
import java.lang.reflect.Proxy
import java.util.concurrent.Callable
import java.util.concurrent.ConcurrentHashMap
import java.util.function.Function
import java.util.function.Supplier

/** The nearest type by which Java can know a class that is hidden. */
open class PublicBase {
    @JvmField var count = 0

    fun answer() = "base"
}

private class Secret : PublicBase()

private class HiddenService : Supplier<String> {
    override fun get() = "hidden"
}

class Box<T : Number>(private val content: T) {
    fun content(): T = content
}

class JavaBindingSpec :
    FunSpec({
        val proxy =
            Proxy.newProxyInstance(JavaBindingSpec::class.java.classLoader, arrayOf(Callable::class.java)) { _, _, _ -> "proxied" }
        val secret: Any = Secret()
        val bindings =
            linkedMapOf(
                "text" to "abc",
                "number" to 5,
                "letter" to 'c',
                "lambda" to Supplier { "supplied" },
                "function" to Function<Int, Int> { it * 2 },
                "proxied" to proxy,
                "anonymous" to object : PublicBase() {},
                "hidden" to HiddenService(),
                "secret" to secret,
                "list" to mutableListOf(1, 2),
                "immutable" to java.util.List.of(1, 2),
                "unmodifiable" to java.util.Collections.unmodifiableMap(mapOf("a" to 1)),
                "concurrent" to ConcurrentHashMap(mapOf("a" to 1)),
                "ints" to intArrayOf(1, 2),
                "strings" to arrayOf("a", "b"),
                "nested" to arrayOf(intArrayOf(1), intArrayOf(2, 3)),
                "hiddens" to arrayOf(HiddenService()),
                "box" to Box(5),
                "nothing" to null,
                "class" to "keyword",
                "new" to "another",
                "new_" to "its own",
                "record" to "no keyword here",
                "\$dollar" to "money",
                "thread" to Thread.currentThread(),
                "klass" to String::class.java,
                "state" to Thread.State.NEW,
                "anyObject" to Any(),
            )
        val context = RecordingContext(bindings)
        val session = JavaPrompt.open(context)
        afterSpec { session.close() }

        /** Evaluates the texts; each must show as is said. */
        fun test(name: String, vararg steps: Pair<String, String>) =
            test(name) { steps.forEach { (text, shown) -> withClue(text) { session.show(text) shouldBe shown } } }

        test("plain values", "text.length()" to "3: int", "number + 1" to "6: int", "letter + 1" to "100: int")
        test(
            "lambdas and proxies",
            "lambda.get()" to "supplied: Object",
            "function.apply(2)" to "4: Object",
            "proxied.call()" to "proxied: Object",
        )
        test(
            "anonymous and private classes",
            "anonymous.answer()" to "base: String",
            "hidden.get()" to "hidden: Object",
            "secret.answer()" to "base: String",
            "secret.count = 7" to "7: int",
        )
        test(
            "collections",
            "list.add(3); list.size()" to "3: int",
            "immutable.get(1)" to "2: Object",
            "immutable.add(3)" to "thrown java.lang.UnsupportedOperationException",
            "unmodifiable.get(\"a\")" to "1: Object",
            "concurrent.put(\"b\", 2)" to "null: Object",
            "for (var each : list) System.out.print(\"\")" to "nothing",
            "box.content().intValue()" to "5: int",
        )
        test(
            "arrays",
            "ints[0] + ints[1]" to "3: int",
            "ints[0] = 9" to "9: int",
            "strings[1].toUpperCase()" to "B: String",
            "nested[1][1]" to "3: int",
            "hiddens[0].get()" to "hidden: Object",
        )
        test("null", "nothing" to "null: Object", "nothing == null" to "true: boolean")
        test(
            "names that are keywords",
            "class_.length()" to "7: int",
            "new_" to "its own: String",
            "new__" to "another: String",
            "record" to "no keyword here: String",
            "\$dollar" to "money: String",
        )
        test(
            "other classes",
            "thread.isAlive()" to "true: boolean",
            "klass.getSimpleName()" to "String: String",
            "state.name()" to "NEW: String",
            "anyObject.hashCode() == anyObject.hashCode()" to "true: boolean",
        )

        test("changes made through a binding are the application's") {
            (secret as PublicBase).count shouldBe 7
            bindings["list"] shouldBe listOf(1, 2, 3)
            (bindings["ints"] as IntArray)[0] shouldBe 9
            (bindings["concurrent"] as Map<*, *>)["b"] shouldBe 2
        }

        test("no binding was lost, and names that had to change are reported") {
            context.warnings shouldContainExactlyInAnyOrder
                listOf(
                    "the binding 'class' is called class_ here: class is a keyword of Java",
                    "the binding 'new' is called new__ here: new is a keyword of Java",
                )
        }

        test("a declaration of the user's hides a binding") {
            session.show("int text = 1; text") shouldBe "1: int"
            session.show("text") shouldBe "1: int"
        }

        test("a binding that hides a name of Java's is reported, and one with a command's name leaves the command") {
            val exit = ReplCommand("exit", emptyList(), "ends") { error("the command ran") }
            val hiding =
                RecordingContext(mapOf("String" to 2, "exit" to 3, "orders" to 4, "java" to 5, "size" to 6, "res" to 7), listOf(exit))
            JavaPrompt.open(hiding).use {
                it.show("exit + orders") shouldBe "7: int"
                it.show("exit()") shouldBe "thrown java.lang.IllegalStateException: the command ran"
                it.show("1 + 1; res") shouldBe "7: Integer"
                hiding.warnings shouldContainExactlyInAnyOrder
                    listOf(
                        "the binding 'String' hides Java's own String",
                        "the binding 'exit' has the name of a command: exit is the binding, exit() the command",
                        "the binding 'java' hides the package java",
                    )
            }
        }

        test("commands take arguments of their types, and what they throw comes out as it is") {
            val calls = ArrayList<List<Any>>()
            val parameters =
                listOf(
                    ReplCommand.Parameter("n", Int::class.javaPrimitiveType!!),
                    ReplCommand.Parameter("l", Long::class.javaPrimitiveType!!),
                    ReplCommand.Parameter("b", Boolean::class.javaPrimitiveType!!),
                    ReplCommand.Parameter("s", String::class.java),
                )
            val signal = ExitSignal()
            val commands =
                listOf(
                    ReplCommand("note", parameters, "notes") { calls += it },
                    ReplCommand("leave", emptyList(), "leaves") { throw signal },
                )
            JavaPrompt.open(RecordingContext(commands = commands)).use {
                it.show("note(1, 2, true, \"x\")") shouldBe "nothing"
                it.show("note(\"x\")").take(4) shouldBe "1:1 "
                it.eval("List.of(1).forEach(n -> leave())").shouldBeInstanceOf<EvalResult.Failed>().thrown() shouldBeSameInstanceAs signal
            }
            calls shouldBe listOf(listOf(1, 2L, true, "x"))
        }

        test("a thousand bindings are no trouble") {
            val many = RecordingContext((1..1000).associate { "b$it" to it })
            JavaPrompt.open(many).use { it.show("b1 + b1000") shouldBe "1001: int" }
            many.warnings.shouldBeEmpty()
        }
    })
