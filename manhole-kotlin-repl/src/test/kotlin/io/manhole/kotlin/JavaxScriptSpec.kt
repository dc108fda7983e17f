package io.manhole.kotlin

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import java.io.StringReader
import java.io.StringWriter
import java.util.concurrent.Callable
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.function.Supplier
import javax.script.Bindings
import javax.script.Compilable
import javax.script.Invocable
import javax.script.ScriptContext
import javax.script.ScriptEngine
import javax.script.ScriptEngineManager
import javax.script.ScriptException
import javax.script.SimpleBindings
import javax.script.SimpleScriptContext

/** The engine as a program finds it through `javax.script`. */
class JavaxScriptSpec :
    FunSpec({
        val manager = ScriptEngineManager()

        fun engine(): ScriptEngine = manager.getEngineByName("manhole-kotlin")

        fun <T> with(engine: ScriptEngine = engine(), use: (ScriptEngine) -> T): T = (engine as AutoCloseable).use { use(engine) }

        // One kept open, so that not every test loads the compiler anew.
        val shared = engine()
        shared.eval("1")
        afterSpec { (shared as AutoCloseable).close() }

        fun bindings(vararg objects: Pair<String, Any?>): Bindings = SimpleBindings(hashMapOf(*objects))

        test("it has one name, and leaves the stock engine's to the stock engine") {
            manager.engineFactories.filter { it is KotlinScriptEngineFactory }.size shouldBe 1
            val factory = shared.factory
            factory.names shouldBe listOf("manhole-kotlin")
            factory.extensions shouldBe emptyList()
            factory.mimeTypes shouldBe emptyList()
            factory.languageVersion shouldBe "2.3.10"
            factory.getParameter("THREADING") shouldBe "MULTITHREADED"
            factory.getParameter(ScriptEngine.NAME) shouldBe "manhole-kotlin"
            factory.getParameter("other") shouldBe null
            for (name in listOf("kotlin", "kts")) {
                withClue(name) { (manager.getEngineByName(name)?.factory is KotlinScriptEngineFactory) shouldBe false }
            }
        }

        test("the factory's syntax is Kotlin") {
            val factory = shared.factory
            val program = factory.getProgram("val s = StringBuilder(\"a\\\$b\")", factory.getMethodCallSyntax("s", "append", "1", "2", "3"))
            factory.getOutputStatement("a\"\$b\n\\") shouldBe "println(\"a\\\"\\\$b\\n\\\\\")"
            with { it.eval(program.replace("append(1, 2, 3)", "append(\"xyz\", 1, 2)")).toString() shouldBe "a\$by" }
        }

        context("values") {
            val values =
                mapOf(
                    "1 + 1" to 2,
                    "null" to null,
                    "Unit" to null,
                    "val x = 1" to null,
                    "" to null,
                    "listOf(1, 2).map { it * 2 }" to listOf(2, 4),
                    "if (false) 1" to null,
                )
            for ((script, value) in values) {
                test("'$script'") { with { it.eval(script) shouldBe value } }
            }
        }

        test("declarations stay in the engine, and in no other") {
            with { one ->
                one.eval("val x = 1; fun f(n: Int) = n + x; class P(val n: Int)")
                one.eval(StringReader("f(P(2).n)")) shouldBe 3
                with { other -> shouldThrow<ScriptException> { other.eval("x") } }
            }
        }

        test("what throws declares nothing") {
            with {
                shouldThrow<ScriptException> { it.eval("val y = 1; error(\"no\")") }
                shouldThrow<ScriptException> { it.eval("y") }.message!! shouldContain "y"
            }
        }

        context("bindings") {
            test("engine scope comes before global scope, and both are seen") {
                with { engine ->
                    engine.setBindings(bindings("global" to 1, "both" to "global"), ScriptContext.GLOBAL_SCOPE)
                    engine.put("both", "engine")
                    engine.eval("both + global.inc()") shouldBe "engine2"
                }
            }

            test("objects are typed by what can be named of them") {
                with { engine ->
                    engine.put("text", "abc")
                    engine.put("supplier", Supplier { "supplied" })
                    engine.put("hidden", HiddenService())
                    engine.put("list", arrayListOf(1, 2))
                    engine.put("nothing", null)
                    engine.put("when", 5)
                    engine.eval("text.length + list.size + `when`.inc()") shouldBe 11
                    engine.eval("supplier.get()") shouldBe "supplied"
                    engine.eval("hidden.get()") shouldBe "hidden"
                    engine.eval("nothing == null") shouldBe true
                }
            }

            test("each evaluation sees the values of its own") {
                with { engine ->
                    engine.eval("n + 1", bindings("n" to 1)) shouldBe 2
                    engine.eval("n + 1", bindings("n" to 2)) shouldBe 3
                    engine.eval("n.length", bindings("n" to "abc")) shouldBe 3
                    shouldThrow<ScriptException> { engine.eval("n") }
                }
            }

            test("what a script leaves behind goes on seeing what the script saw") {
                with { engine ->
                    @Suppress("UNCHECKED_CAST")
                    val callbacks =
                        (1..3).map {
                            engine.eval(
                                "java.util.concurrent.Callable { n * 10 }",
                                bindings("n" to it),
                            ) as Callable<Int>
                        }
                    callbacks.map { it.call() } shouldBe listOf(10, 20, 30)
                }
            }

            test("a function sees the objects as they are when it is called") {
                with { engine ->
                    engine.put("n", 1)
                    engine.eval("fun tenfold() = n * 10")
                    engine.put("n", 2)
                    engine.eval("tenfold()") shouldBe 20
                }
            }

            test("a declaration hides an object of its name, in its own script as well") {
                with { engine ->
                    engine.put("n", 1)
                    engine.eval("n") shouldBe 1
                    engine.eval("val n = \"mine\"; n.length") shouldBe 4
                    engine.put("n", 2)
                    engine.eval("n") shouldBe "mine"
                    engine.eval("fun f(text: Int) = text", bindings("text" to "given"))
                    engine.eval("f(3)") shouldBe 3
                }
            }

            test("a whole context can be given, and the script can look at it") {
                with { engine ->
                    val context = SimpleScriptContext()
                    context.setBindings(bindings("n" to 1), ScriptContext.ENGINE_SCOPE)
                    engine.eval("context.setAttribute(\"m\", n + 1, 100); bindings.size", context) shouldBe 2
                    context.getAttribute("m") shouldBe 2
                    engine.eval("val bindings = 5; bindings", context) shouldBe 5
                }
            }

            test("the context's writer is there for those who ask for it; println is System.out's") {
                with { engine ->
                    val writer = StringWriter()
                    engine.context.writer = writer
                    engine.eval("context.writer.write(\"written\")")
                    writer.toString() shouldBe "written"
                }
            }

            test("names that Kotlin cannot have are left out") {
                with { engine ->
                    engine.put("javax.script.filename", "a.kts")
                    engine.put("a b", 1)
                    engine.put("\$x", 2)
                    engine.eval("`a b` + `\$x`") shouldBe 3
                }
            }
        }

        context("compiled scripts") {
            fun ScriptEngine.compile(script: String) = (this as Compilable).compile(script)

            test("each evaluation runs afresh, with the bindings of that call") {
                with { engine ->
                    engine.put("n", 0)
                    val script = engine.compile("val seen = ArrayList<Int>(); seen.add(n); seen.toList()")
                    script.eval(bindings("n" to 1)) shouldBe listOf(1)
                    script.eval(bindings("n" to 2)) shouldBe listOf(2)
                    script.eval() shouldBe listOf(0)
                    script.engine shouldBeSameInstanceAs engine
                }
            }

            test("an evaluation does not touch what an earlier one left behind") {
                with { engine ->
                    val script =
                        engine.compile(
                            "val mine = n; var calls = 0; java.util.concurrent.Callable { calls++; \"\$mine \$n \$calls\" }",
                        )

                    @Suppress("UNCHECKED_CAST")
                    val left = (1..3).map { script.eval(bindings("n" to it)) as Callable<String> }
                    left.map { it.call() } shouldBe listOf("1 1 1", "2 2 1", "3 3 1")
                    left[0].call() shouldBe "1 1 2"
                }
            }

            test("it can be compiled before its objects are there, and serves objects of several classes") {
                with { engine ->
                    val script = engine.compile("\"<\$n>\"")
                    val answers = listOf(1, "text", listOf(2), 3).map { script.eval(bindings("n" to it)) }
                    answers shouldBe listOf("<1>", "<text>", "<[2]>", "<3>")
                }
            }

            test("it sees what had been declared by then, and keeps its own declarations to itself") {
                with { engine ->
                    engine.eval("fun twice(n: Int) = n * 2")
                    val script = engine.compile("val own = twice(4); own")
                    engine.eval("fun twice(n: Int) = -1")
                    script.eval() shouldBe 8
                    shouldThrow<ScriptException> { engine.eval("own") }
                    engine.eval("twice(4)") shouldBe -1
                }
            }

            test("what is wrong is told when it is compiled, unless it is a name that bindings may have later") {
                with { engine ->
                    for (wrong in listOf("1 +* 2", "val n: Int = \"text\"", "\"text\".unknown()")) {
                        shouldThrow<ScriptException> { engine.compile(wrong) }.lineNumber shouldBe 1
                    }
                    val script = engine.compile("\nn.length")
                    shouldThrow<ScriptException> { script.eval() }.lineNumber shouldBe 2
                    script.eval(bindings("n" to "abc")) shouldBe 3
                }
            }

            test("any number of threads may evaluate it at a time") {
                with { engine ->
                    val script = engine.compile("var sum = 0; repeat(1000) { sum += n }; sum")
                    concurrently(32) { script.eval(bindings("n" to it)) } shouldBe List(32) { it * 1000 }
                }
            }
        }

        test("any number of threads may evaluate at a time, and declare") {
            with { engine ->
                concurrently(16) { engine.eval("val v$it = $it; v$it + n", bindings("n" to it)) } shouldBe List(16) { 2 * it }
                engine.eval((0 until 16).joinToString(" + ") { "v$it" }) shouldBe 120
            }
        }

        test("a script may evaluate scripts") {
            with { engine ->
                engine.put("engine", engine)
                engine.eval("(engine as javax.script.ScriptEngine).eval(\"val inner = 20\"); 1")
                engine.eval("inner + 1") shouldBe 21
            }
        }

        context("functions") {
            val declarations =
                """
                fun plain(a: Int, b: Int) = a - b
                fun over(a: Int) = "Int"
                fun over(a: Long) = "Long"
                fun over(a: Any?) = "Any"
                fun over(a: CharSequence) = "CharSequence"
                fun defaults(a: Int, b: String = "b", c: Long = 7) = "${'$'}a${'$'}b${'$'}c"
                fun many(first: String, vararg rest: Int) = first + rest.sum()
                fun none(vararg words: String) = words.size
                fun String.shout(times: Int = 1) = uppercase() + "!".repeat(times)
                fun <T> generic(items: List<T>) = items.last()
                fun nothing() { }
                private fun hidden() = "private"
                internal fun inside() = "internal"
                @JvmName("otherName") fun renamed() = "renamed"
                suspend fun later() = 1
                fun failing(): Nothing = throw java.io.IOException("checked")
                fun nullable(a: Int?) = a ?: -1
                class Service(val n: Int) { fun scaled(by: Int = 2) = n * by; private fun own() = 1 }
                fun service(n: Int) = Service(n)
                """.trimIndent()
            val calling = engine()
            calling.eval(declarations)
            afterSpec { (calling as AutoCloseable).close() }
            val invocable = calling as Invocable

            val calls =
                listOf(
                    "plain" to listOf(5, 3) to 2,
                    "plain" to listOf(5.toByte(), 3.toShort()) to 2,
                    "over" to listOf(1) to "Int",
                    "over" to listOf(1L) to "Long",
                    "over" to listOf("text") to "CharSequence",
                    "over" to listOf(1.5) to "Any",
                    "over" to listOf(null) to "Any",
                    "defaults" to listOf(1) to "1b7",
                    "defaults" to listOf(1, "x") to "1x7",
                    "defaults" to listOf(1, "x", 2) to "1x2",
                    "many" to listOf("sum ", 1, 2, 3) to "sum 6",
                    "many" to listOf("sum ") to "sum 0",
                    "many" to listOf("sum ", intArrayOf(4, 5)) to "sum 9",
                    "none" to listOf<Any?>() to 0,
                    "none" to listOf("a", "b") to 2,
                    "shout" to listOf("hey") to "HEY!",
                    "shout" to listOf("hey", 3) to "HEY!!!",
                    "generic" to listOf(listOf(1, 2)) to 2,
                    "nothing" to listOf<Any?>() to null,
                    "hidden" to listOf<Any?>() to "private",
                    "inside" to listOf<Any?>() to "internal",
                    "renamed" to listOf<Any?>() to "renamed",
                    "nullable" to listOf(null) to -1,
                )
            for ((call, value) in calls) {
                val (name, arguments) = call
                test("$name(${arguments.joinToString()}) called ${arguments.map { it?.javaClass?.simpleName }}") {
                    invocable.invokeFunction(name, *arguments.toTypedArray()) shouldBe value
                }
            }

            val missing =
                listOf(
                    "absent" to listOf<Any?>() to "cannot call absent(): no script has declared a function of that name",
                    "plain" to listOf("text", 1) to "cannot call plain(String, Integer): there is plain(int, int)",
                    "plain" to listOf(null, 1) to "cannot call plain(null, Integer): there is plain(int, int)",
                    "defaults" to listOf<Any?>() to "cannot call defaults(): there is defaults(int, String, long)",
                    "later" to listOf<Any?>() to "cannot call later(): no script has declared a function of that name",
                )
            for ((call, message) in missing) {
                val (name, arguments) = call
                test("$name$arguments is missing") {
                    shouldThrow<NoSuchMethodException> { invocable.invokeFunction(name, *arguments.toTypedArray()) }.message shouldBe
                        message
                }
            }

            test("methods of a script's objects, and of the application's") {
                val service = invocable.invokeFunction("service", 4)
                invocable.invokeMethod(service, "scaled") shouldBe 8
                invocable.invokeMethod(service, "scaled", 3) shouldBe 12
                invocable.invokeMethod(service, "getN") shouldBe 4
                invocable.invokeMethod(java.util.List.of(1, 2), "get", 1) shouldBe 2
                invocable.invokeMethod(ConcurrentHashMap(mapOf("a" to 1)), "getOrDefault", "b", 5) shouldBe 5
                invocable.invokeMethod("a-b", "split", "-") shouldBe arrayOf("a", "b")
                shouldThrow<NoSuchMethodException> { invocable.invokeMethod(service, "own") }.message!! shouldContain
                    "Service has no public method of that name"
                shouldThrow<IllegalArgumentException> { invocable.invokeMethod(null, "own") }
            }

            test("what a function throws is the cause") {
                val failure = shouldThrow<ScriptException> { invocable.invokeFunction("failing") }
                failure.cause.shouldBeInstanceOf<java.io.IOException>().message shouldBe "checked"
            }

            test("the newest declaration is called, of a compiled script too") {
                with { engine ->
                    engine.eval("fun version() = 1")
                    engine.eval("fun version() = 2")
                    (engine as Invocable).invokeFunction("version") shouldBe 2
                    val compiled = (engine as Compilable).compile("fun version() = n")
                    compiled.eval(bindings("n" to 3))
                    engine.invokeFunction("version") shouldBe 3
                    compiled.eval(bindings("n" to 4))
                    engine.invokeFunction("version") shouldBe 4
                }
            }

            test("an interface by functions") {
                with { engine ->
                    engine.eval("var runs = 0; fun run() { runs++ }; fun compare(a: String, b: String) = a.length - b.length")
                    (engine as Invocable).getInterface(Runnable::class.java).run()
                    engine.eval("runs") shouldBe 1

                    @Suppress("UNCHECKED_CAST")
                    val byLength = engine.getInterface(Comparator::class.java) as Comparator<String>
                    listOf("ccc", "a", "bb").sortedWith(byLength.reversed()) shouldBe listOf("ccc", "bb", "a")
                    (byLength == byLength) shouldBe true
                    byLength.hashCode() shouldBe byLength.hashCode()
                    byLength.toString() shouldContain "java.util.Comparator"
                }
            }

            test("an interface by an object's methods") {
                with { engine ->
                    val counter = engine.eval("class C { var n = 0; fun call() = ++n }; C()")
                    val callable = (engine as Invocable).getInterface(counter, Callable::class.java)
                    listOf(callable.call(), callable.call()) shouldBe listOf(1, 2)
                }
            }

            test("an interface whose functions are missing is not there, and a class is none") {
                invocable.getInterface(Callable::class.java) shouldBe null
                shouldThrow<IllegalArgumentException> { invocable.getInterface(String::class.java) }
            }

            test("an interface's caller gets what the function throws") {
                with { engine ->
                    engine.eval("fun call(): Int = throw java.io.IOException(\"checked\")")
                    val callable = (engine as Invocable).getInterface(Callable::class.java)
                    shouldThrow<java.io.IOException> { callable.call() }.message shouldBe "checked"
                }
            }
        }

        context("errors") {
            test("of the compiler have line and column") {
                val failure = shouldThrow<ScriptException> { shared.eval("val a = 1\n  undefined") }
                (failure.lineNumber to failure.columnNumber) shouldBe (2 to 3)
                failure.message!! shouldContain "ndefined"
                failure.fileName shouldBe "script"
            }

            test("several are all told") {
                val failure = shouldThrow<ScriptException> { shared.eval("one\ntwo\nthree") }
                failure.lineNumber shouldBe 1
                failure.message!! shouldContain "line 3: "
            }

            test("name the file that the context names") {
                val failure = shouldThrow<ScriptException> { shared.eval("undefined", bindings(ScriptEngine.FILENAME to "rules.kts")) }
                failure.fileName shouldBe "rules.kts"
                failure.message!! shouldContain "in rules.kts at line number 1"
            }

            test("of what is incomplete say so") {
                val failure = shouldThrow<ScriptException> { shared.eval("fun f() {\n") }
                failure.message!! shouldContain "the script is incomplete"
                failure.lineNumber shouldBe 2
            }

            test("of what throws have the line and the very cause") {
                val thrown = IllegalStateException("thrown")
                val failure = shouldThrow<ScriptException> { shared.eval("\n\nthrow e", bindings("e" to thrown)) }
                failure.cause shouldBeSameInstanceAs thrown
                val inside = shouldThrow<ScriptException> { shared.eval("fun f(n: Int): Int {\n  return 1 / n\n}\nf(0)") }
                inside.cause.shouldBeInstanceOf<ArithmeticException>()
                inside.lineNumber shouldBe 2
            }

            test("of what throws and cannot say what it is have its class") {
                val text = "class Mute : RuntimeException() { override fun toString(): String = error(\"mute\") }; throw Mute()"
                shouldThrow<ScriptException> { shared.eval(text) }.message!! shouldContain "Mute"
            }

            test("are of the JDK's classes") {
                for (script in listOf("undefined", "error(\"\")", "{")) {
                    shouldThrow<ScriptException> { shared.eval(script) }.javaClass shouldBe ScriptException::class.java
                }
            }

            test("an interrupt while waiting for the compiler is one, and stays noted") {
                Thread.currentThread().interrupt()
                val failure = shouldThrow<ScriptException> { shared.eval("1") }
                Thread.interrupted() shouldBe true
                failure.cause.shouldBeInstanceOf<InterruptedException>()
                shared.eval("1") shouldBe 1
            }
        }

        test("the context class loader is put back") {
            val before = Thread.currentThread().contextClassLoader
            shared.eval("Thread.currentThread().contextClassLoader") shouldNotBe before
            Thread.currentThread().contextClassLoader shouldBeSameInstanceAs before
        }

        test("a closed engine says that it is closed") {
            val engine = engine()
            val script = with(engine) { (it as Compilable).compile("1") }
            (engine as AutoCloseable).close()
            for (use in listOf<() -> Any?>({ engine.eval("1") }, { script.eval() }, { (engine as Invocable).invokeFunction("f") })) {
                shouldThrow<IllegalStateException> { use() }.message!! shouldContain "this engine is closed"
            }
        }

        test("the engines of one manager are found by its name beside one another") {
            manager.engineFactories.map { it.engineName }.filter { "kotlin" in it.lowercase() } shouldContainExactlyInAnyOrder
                listOf("manhole-kotlin")
        }
    })

private fun concurrently(count: Int, task: (Int) -> Any?): List<Any?> {
    val threads = Executors.newFixedThreadPool(8)
    try {
        return threads.invokeAll(List(count) { Callable { task(it) } }, 120, TimeUnit.SECONDS).map { it.get() }
    } finally {
        threads.shutdownNow()
    }
}
