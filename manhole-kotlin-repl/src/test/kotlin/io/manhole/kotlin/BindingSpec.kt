package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.manhole.repl.RecordingContext
import io.manhole.repl.Repl
import io.manhole.repl.ReplCommand
import java.lang.reflect.Proxy
import java.util.concurrent.Callable
import java.util.concurrent.ConcurrentHashMap
import java.util.function.Function
import java.util.function.Supplier

internal class InternalToTheApplication {
    override fun toString() = "internal"
}

class BindingSpec :
    FunSpec({
        val proxy =
            Proxy.newProxyInstance(BindingSpec::class.java.classLoader, arrayOf(Callable::class.java)) { _, _, _ -> "proxied" }
        val secret = HiddenService.secret()
        val bindings =
            linkedMapOf(
                "text" to "abc",
                "number" to 5,
                "letter" to 'c',
                "javaLambda" to Supplier { "supplied" },
                "kotlinLambda" to { x: Int -> x + 1 },
                "function" to Function<Int, Int> { it * 2 },
                "proxied" to proxy,
                "anonymous" to object : PublicBase() {},
                "hidden" to HiddenService(),
                "inside" to HiddenService.Inside(),
                "secret" to secret,
                "list" to mutableListOf(1, 2),
                "immutable" to java.util.List.of(1, 2),
                "unmodifiable" to java.util.Collections.unmodifiableMap(mapOf("a" to 1)),
                "concurrent" to ConcurrentHashMap(mapOf("a" to 1)),
                "singleton" to setOf("s"),
                "wrapped" to java.util.Collections.unmodifiableList(arrayListOf(1)),
                "ints" to intArrayOf(1, 2),
                "strings" to arrayOf("a", "b"),
                "nested" to arrayOf(intArrayOf(1), intArrayOf(2, 3)),
                "hiddens" to arrayOf(HiddenService()),
                "lists" to arrayOf(arrayListOf(1)),
                "nothing" to null,
                "when" to "keyword",
                "object" to "another",
                "\$dollar" to "money",
                "internal" to InternalToTheApplication(),
                "thread" to Thread.currentThread(),
                "klass" to String::class.java,
                "number2" to 5L,
                "state" to Thread.State.NEW,
                "builder" to StringBuilder("x"),
                "random" to kotlin.random.Random(1),
                "anyObject" to Any(),
            )
        val context = RecordingContext(bindings)
        val session = SharedSessions.open(context)
        afterSpec { session.close() }

        /** Evaluates the texts; each must show as is said. */
        fun test(name: String, vararg steps: Pair<String, String>) =
            test(name) { steps.forEach { (text, shown) -> withClue(text) { session.show(text) shouldBe shown } } }

        test("plain values", "text.length" to "3: Int", "number + 1" to "6: Int", "letter + 1" to "d: Char", "number2 + 1" to "6: Long")
        test(
            "lambdas and proxies",
            "javaLambda.get()" to "supplied: Any?",
            "kotlinLambda(1)" to "2: Any?",
            "function.apply(2)" to "4: Any?",
            "proxied.call()" to "proxied: Any?",
        )
        test(
            "anonymous, private and package-private classes",
            "anonymous.answer()" to "base: String",
            "hidden.get()" to "hidden: String",
            "secret.answer()" to "base: String",
            "secret.count = 7" to "nothing",
            "inside != null" to "true: Boolean",
        )
        test(
            "collections",
            "list.add(3); list.size" to "3: Int",
            "immutable[1]" to "2: Int",
            "immutable.add(3)" to "thrown java.lang.UnsupportedOperationException",
            "unmodifiable[\"a\"]" to "1: Any?",
            "concurrent[\"b\"] = 2" to "nothing",
            "concurrent.size" to "2: Int",
            "singleton.first()" to "s: String",
        )
        test(
            "collections of unknown make are not looked into",
            "unmodifiable.keys" to "[a]: MutableSet<Any?>",
            "wrapped[0]" to "1: Any?",
        )
        test(
            "arrays",
            "ints.sum()" to "3: Int",
            "ints[0] = 9" to "nothing",
            "strings[1].uppercase()" to "B: String",
            "strings[0] = \"z\"" to "nothing",
            "nested[1][1]" to "3: Int",
            "hiddens[0].get()" to "hidden: Any?",
            "lists[0][0]" to "1: Any?",
        )
        test("null", "nothing" to "null: Any?", "nothing == null" to "true: Boolean")
        test("names that are keywords", "`when`.length" to "7: Int", "`object`" to "another: String", "`\$dollar`" to "money: String")
        test(
            "other classes",
            "internal.toString()" to "internal: String",
            "thread.isAlive" to "true: Boolean",
            "klass.simpleName" to "String: String",
            "state.name" to "NEW: String",
            "builder.append(1).toString()" to "x1: String",
            "random.nextInt() is Int" to "true: Boolean",
            "anyObject.hashCode() == anyObject.hashCode()" to "true: Boolean",
        )

        test("changes made through a binding are the application's") {
            (secret as PublicBase).count shouldBe 7
            bindings["list"] shouldBe listOf(1, 2, 3)
            (bindings["ints"] as IntArray)[0] shouldBe 9
            (bindings["strings"] as Array<*>)[0] shouldBe "z"
            (bindings["concurrent"] as Map<*, *>)["b"] shouldBe 2
        }

        test("no binding was lost, and none warned of") {
            context.warnings.filterNot { "hides" in it }.shouldBeEmpty()
        }

        test("a declaration of the user's hides a binding") {
            session.show("val text = 1; text") shouldBe "1: Int"
            session.show("text") shouldBe "1: Int"
        }

        test("a binding that hides a name of Kotlin's, or a command, is reported") {
            val exit = ReplCommand("exit", emptyList(), "ends") { }
            val hiding = RecordingContext(mapOf("println" to 1, "String" to 2, "exit" to 3, "orders" to 4, "count" to 5), listOf(exit))
            SharedSessions.open(hiding).use {
                it.show("exit + orders") shouldBe "7: Int"
                hiding.warnings shouldContainExactlyInAnyOrder
                    listOf(
                        "the binding 'exit' hides the command exit()",
                        "the binding 'println' hides Kotlin's own println",
                        "the binding 'String' hides Kotlin's own String",
                    )
            }
        }

        test("commands take arguments of their types") {
            val calls = ArrayList<List<Any>>()
            val parameters =
                listOf(
                    ReplCommand.Parameter("n", Int::class.javaPrimitiveType!!),
                    ReplCommand.Parameter("l", Long::class.javaPrimitiveType!!),
                    ReplCommand.Parameter("b", Boolean::class.javaPrimitiveType!!),
                    ReplCommand.Parameter("s", String::class.java),
                )
            val command = ReplCommand("note", parameters, "notes") { calls += it }
            SharedSessions.open(RecordingContext(commands = listOf(command))).use {
                it.show("note(1, 2, true, \"x\")") shouldBe "nothing"
                it.show("note(\"x\")").take(4) shouldBe "1:6 "
                it.show("note(b = false, l = 3, n = 4, s = \"\")") shouldBe "nothing"
            }
            calls shouldBe listOf(listOf(1, 2L, true, "x"), listOf(4, 3L, false, ""))
        }

        test("sessions with the same names each have objects and commands of their own, whichever came or went first") {
            val called = ArrayList<String>()

            fun open(who: String): Repl {
                val command = ReplCommand("call", emptyList(), "tells who") { called += who }
                return SharedSessions.open(RecordingContext(mapOf("who" to who, "held" to mutableListOf(who)), listOf(command)))
            }
            val first = open("first")
            val second = open("second")
            first.show("call(); held += \"more\"; who") shouldBe "first: String"
            second.show("call(); held.joinToString() + who") shouldBe "secondsecond: String"
            first.close()
            second.show("val later = privates(held); held.size") shouldBe "1: Int"
            open("third").use { it.show("call(); held.joinToString() + who") shouldBe "thirdthird: String" }
            second.show("call(); who") shouldBe "second: String"
            second.close()
            called shouldBe listOf("first", "second", "third", "second")
        }

        test("classes of a loader that the compiler cannot look into are Any") {
            val bytes = PublicBase::class.java.getResourceAsStream("PublicBase.class")!!.readBytes()
            val foreign =
                object : ClassLoader(null) {
                    override fun findClass(name: String) = defineClass(name, bytes, 0, bytes.size)
                }
            val stranger =
                foreign
                    .loadClass(
                        "io.manhole.kotlin.PublicBase",
                    ).getDeclaredConstructor()
                    .apply { isAccessible = true }
                    .newInstance()
            SharedSessions.open(RecordingContext(mapOf("stranger" to stranger, "n" to 1))).use {
                it.show("val s: Any = stranger; s === stranger && n == 1") shouldBe "true: Boolean"
            }
        }
    })
