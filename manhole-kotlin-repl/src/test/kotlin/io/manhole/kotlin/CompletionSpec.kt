package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldNotContainAnyOf
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.manhole.repl.Completion
import io.manhole.repl.Evaluation
import io.manhole.repl.RecordingContext
import io.manhole.repl.Repl
import io.manhole.repl.ReplCommand
import java.lang.management.ManagementFactory
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import javax.management.ObjectName
import kotlin.concurrent.thread

/** The candidates at the `|` of a text. */
fun Repl.completeAt(text: String): List<Completion> = text.indexOf('|').let { complete(text.removeRange(it, it + 1), it) }

/**
 * What the candidates of a text must be like.
 *
 * @property first how the list begins
 * @property has what is somewhere in it
 * @property hasNot what is not
 */
private class Expected(val first: List<String> = emptyList(), val has: List<String> = emptyList(), val hasNot: List<String> = emptyList())

private fun first(vararg names: String) = Expected(first = names.asList())

private fun has(vararg names: String) = Expected(has = names.asList())

private fun hasNot(vararg names: String) = Expected(hasNot = names.asList())

private infix fun Expected.and(other: Expected) = Expected(first + other.first, has + other.has, hasNot + other.hasNot)

class CompletionSpec :
    FunSpec({
        val parcel = Parcel("Bonn")
        val help = ReplCommand("help", emptyList(), "says what there is") {}

        fun open(vararg more: Pair<String, Any?>) =
            SharedSessions.open(
                RecordingContext(mapOf("parcel" to parcel, "parcels" to arrayListOf(parcel), "when" to 1, *more), listOf(help)),
            )

        fun session(use: (Repl) -> Unit) =
            open().use { repl ->
                listOf(
                    "val xs = listOf(3, 1, 2)",
                    "data class Point(val across: Int, val down: String) { fun sum() = across; private val hidden = 1 }",
                    "val point = Point(1, \"b\")",
                    "fun String.shout(times: Int) = uppercase().repeat(times)",
                    "fun <T> List<T>.second(): T = this[1]",
                    "enum class Color { RED, GREEN; val shade = 1; companion object { fun any() = RED } }",
                    "import java.time.Duration",
                    "val `odd name` = 5",
                    "fun distance(from: Point, to: Point) = 5",
                    "1 + 1",
                ).forEach { repl.show(it) }
                use(repl)
            }

        fun table(name: String, vararg cases: Pair<String, Expected>) =
            test(name) {
                session { repl ->
                    for ((text, expected) in cases) {
                        val found = repl.completeAt(text).map { it.candidate() }
                        withClue("$text: ${found.take(20)}") {
                            found.take(expected.first.size) shouldBe expected.first
                            found shouldContainAll expected.has
                            if (expected.hasNot.isNotEmpty()) found shouldNotContainAnyOf expected.hasNot
                            found.size shouldBeLessThanOrEqual 500
                        }
                    }
                }
            }

        table(
            "members of a value, nearest first, without what cannot be called",
            "point.|" to (first("across", "down", "sum") and has("copy", "toString", "let") and hasNot("hidden")),
            "point.a|" to first("across", "also"),
            "parcel.|" to (has("label", "stops", "isSealed", "send") and hasNot("secret", "guarded", "inPackage", "empty", "looks")),
            "parcel.getL|" to first("getLabel"),
            "parcel.label.len|" to first("length"),
            "parcels[0].st|" to has("stops"),
            "xs.first().pl|" to has("plus"),
            "xs.fir|" to (has("first", "firstOrNull") and hasNot("filter")),
            "mapOf(1 to \"a\").entries.first().value.len|" to first("length"),
            "val s: Any = xs; if (s is String) s.len|" to first("length"),
            "\"abc\".toUpp|" to hasNot("toUpperCase"),
        )
        table(
            "extensions that can be called, with the session's own before Kotlin's",
            "\"a\".sh|" to first("shout"),
            "xs.se|" to first("second"),
            "point.sh|" to hasNot("shout"),
            "mutableListOf(2, 1).sor|" to has("sort", "sortBy", "sorted"),
            "xs.sor|" to (has("sorted") and hasNot("sort")),
            "mutableMapOf(1 to 2).getO|" to has("getOrPut", "getOrDefault"),
            "parcel.label?.isNu|" to has("isNullOrEmpty"),
            "import kotlin.io.path.*\njava.nio.file.Path.of(\"x\").isDir|" to first("isDirectory"),
            "import kotlin.io.path.isDirectory\njava.nio.file.Path.of(\"x\").isDir|" to first("isDirectory"),
            "java.nio.file.Path.of(\"x\").isDir|" to hasNot("isDirectory"),
        )
        table(
            "what a class's name has",
            "Color.|" to (has("RED", "GREEN", "values", "valueOf", "entries", "any") and hasNot("shade")),
            "io.manhole.kotlin.Parcel.|" to (has("Size", "empty", "looks") and hasNot("label", "send")),
            "io.manhole.kotlin.Parcel.Size.L|" to first("LARGE"),
            "Math.ma|" to first("max"),
            "Duration.ofM|" to has("ofMinutes", "ofMillis"),
            "kotlin.random.Random.nextI|" to has("nextInt"),
        )
        table(
            "packages and imports",
            "java.|" to has("util", "lang", "time"),
            "java.util.|" to has("ArrayList", "concurrent", "function"),
            "java.util.concurrent.Coun|" to first("CountDownLatch", "CountedCompleter"),
            "import java.ut|" to first("util"),
            "import java.util.concurrent.CountD|" to first("CountDownLatch"),
            "import kotlin.math.sq|" to first("sqrt"),
            "import io.manhole.kotlin.Par|" to first("Parcel"),
            "import io.manhole.kotlin.Parcel.emp|" to first("empty"),
        )
        table(
            "names, from the nearest on",
            "poi|" to first("point"),
            "Poi|" to first("Point"),
            "par|" to first("parcels", "parcel"),
            "dista|" to first("distance"),
            "hel|" to first("help"),
            "res|" to first("res"),
            "res0|" to first("res0"),
            "odd|" to first("`odd name`"),
            "whe|" to has("`when`", "when"),
            "Dura|" to first("Duration"),
            "mutableL|" to first("mutableListOf"),
            "Illegal|" to has("IllegalStateException", "IllegalArgumentException"),
            "retu|" to first("return"),
            "jav|" to has("java", "javax"),
            "fun f(alpha: Int, beta: String): Int { val gamma = alpha; for (delta in 1..3) { |" to
                (first("delta", "gamma", "alpha", "beta") and has("f", "xs", "if")),
            "fun f(alpha: Int) = al|" to first("alpha"),
            "xs.forEach { element -> elem|" to first("element"),
            "xs.map { i| }" to first("it"),
            "xs.forEach { (it).|\n}\nval after = 5" to has("plus"),
            "try { } catch (trouble: Exception) { trou|" to first("trouble"),
            "when (val subject = 5) { else -> subj|" to first("subject"),
            "class A(val size: Int) { val twice = size; fun f(more: Int) { |" to first("more", "f", "size", "twice"),
            "with(point) { acr|" to first("across"),
            "StringBuilder().apply { appe|" to has("append", "appendLine"),
            "val early = 1; ear|" to first("early"),
            "lat|; val later = 1" to hasNot("later"),
        )
        table(
            "types, and classes that are not imported by their full names",
            "val z: Poin|" to first("Point"),
            "val z: Lis|" to (first("List", "ListIterator") and has("java.util.List")),
            "val z: poin|" to hasNot("point"),
            "val z: Map.E|" to first("Entry"),
            "val z: java.util.concurrent.Call|" to first("Callable"),
            "listOf<Poi|" to has("Point"),
            "parcel as Parc|" to has("io.manhole.kotlin.Parcel"),
            "CountDownL|" to first("java.util.concurrent.CountDownLatch"),
            "fun f(x: Stri|" to has("String", "StringBuilder"),
            "@Depr|" to has("Deprecated"),
        )
        table(
            "references, infix calls and templates",
            "parcel::sen|" to first("send"),
            "Point::acr|" to first("across"),
            "xs.map(Int::toS|" to has("toShort", "toString"),
            "::dista|" to first("distance"),
            "1 sh|" to first("shl", "shr"),
            "1 to|" to first("to"),
            "\"\${point.acr|" to first("across"),
            "\"\$poi|" to first("point"),
            "\"\"\"\${xs.siz|" to first("size"),
        )
        table(
            "wrong and unfinished text before the cursor",
            "foo(bar, point.acr|" to first("across"),
            "nothing.known(); point.acr|" to first("across"),
            "if (point.acr|" to first("across"),
            "val x = when { point.acr|" to first("across"),
            "xs.map { it + point.acr|" to first("across"),
            "xs.fold(0) { sum, each -> su|" to first("sum"),
            "point.acr|oss" to first("across"),
            "point.|\nval y = 3" to first("across", "down"),
            "val y: Int = \"text\"; point.acr|" to first("across"),
        )

        test("nothing is offered in texts, comments, numbers, and where a new name is made up") {
            session { repl ->
                for (text in listOf(
                    "\"xs.si|\"",
                    "// xs.si|",
                    "/* xs.si| */",
                    "'x|'",
                    "val x|",
                    "fun po|",
                    "class Po|",
                    "nothing.|",
                    "5|",
                )) {
                    withClue(text) { repl.completeAt(text).shouldBeEmpty() }
                }
            }
        }

        test("a candidate says what it is and how it is typed, with type arguments put in") {
            session { repl ->
                fun only(text: String, name: String) = repl.completeAt(text).single { it.candidate() == name }.run { "${kind()} ${type()}" }
                only("point.|", "across") shouldBe "property Int"
                only("point.|", "sum") shouldBe "function (): Int"
                only("xs.|", "map") shouldBe "function (transform: (Int) -> R): List<R>"
                only("xs.|", "second") shouldBe "function (): Int"
                only("parcel.sen|", "send") shouldBe "function (town: String): Parcel"
                only("mutableMapOf(1 to \"a\").getOrP|", "getOrPut") shouldBe "function (key: Int, defaultValue: () -> String): String"
                only("Poi|", "Point") shouldBe "class Point"
                only("import java.ut|", "util") shouldBe "package null"
                only("dista|", "distance") shouldBe "function (from: Point, to: Point): Int"
            }
        }

        test("every name is offered once") {
            session { repl ->
                for (text in listOf("xs.|", "point.|", "parcel.|", "Str|", "|", "java.util.|")) {
                    val found = repl.completeAt(text).map { it.kind() + " " + it.candidate() }
                    withClue(text) { found.groupingBy { it }.eachCount().filterValues { it > 1 } shouldBe emptyMap() }
                }
            }
        }

        test("a newer declaration takes the place of the older, and another session's are not seen") {
            session { repl ->
                repl.show("val changing = 1")
                repl.show("val changing = \"text\"")
                repl.completeAt("changi|").single().type() shouldBe "String"
                open().use { other -> other.completeAt("changi|").shouldBeEmpty() }
            }
        }

        test("nothing of the user's or the application's is run") {
            session { repl ->
                repl.show("val counted = ArrayList<Int>(); val costly: Int get() { counted.add(1); return 5 }")
                val before = Parcel.looks
                for (text in listOf("parcel.label.|", "parcel.send(\"x\").|", "costly.|", "counted.also { it.add(2) }.|", "parcels.|")) {
                    repl.completeAt(text)
                }
                Parcel.looks shouldBe before
                repl.show("counted.size") shouldBe "0: Int"
            }
        }

        test("completions are to be had while an evaluation runs, and do not disturb it") {
            val started = CountDownLatch(1)
            val go = CountDownLatch(1)
            open("started" to started, "go" to go).use { repl ->
                val evaluation = Evaluation(repl, "started.countDown(); go.await(); val answer = 5; answer")
                started.await(60, TimeUnit.SECONDS) shouldBe true
                repl.completeAt("parcel.sen|").map { it.candidate() } shouldContain "send"
                go.countDown()
                evaluation.await()
                repl.show("answer + 1") shouldBe "6: Int"
            }
        }

        test("while somebody asks all the time, evaluations take place, and who asked gets an answer in the end") {
            open().use { repl ->
                val answers = LinkedBlockingQueue<List<Completion>>()
                val asking = AtomicBoolean(true)
                val asker = thread(isDaemon = true) { while (asking.get()) answers += repl.completeAt("parcel.sen|") }
                repeat(20) { repl.show("val n$it = $it; n$it") shouldBe "$it: Int" }
                answers.clear()
                val answer = answers.poll(60, TimeUnit.SECONDS).shouldNotBeNull()
                answer.map { it.candidate() } shouldContain "send"
                asking.set(false)
                asker.join(60_000)
                asker.isAlive shouldBe false
            }
        }

        test("every candidate of an answer says where the text begins that it replaces") {
            session { repl ->
                repl.completeAt("val y = 1; point.acr|").map { it.start() }.distinct() shouldBe listOf(17)
                repl.completeAt("\"\$poi|").map { it.start() }.distinct() shouldBe listOf(2)
                repl.completeAt("point.|").map { it.start() }.distinct() shouldBe listOf(6)
                repl.completeAt("CountDownL|").map { it.start() }.distinct() shouldBe listOf(0)
            }
        }

        test("who is interrupted while waiting gets nothing, and stays interrupted") {
            open().use { repl ->
                Thread.currentThread().interrupt()
                repl.completeAt("parcel.|").shouldBeEmpty()
                Thread.interrupted() shouldBe true
                repl.completeAt("parcel.sen|").map { it.candidate() } shouldContain "send"
            }
        }

        test("hard texts cost an answer, and nothing else") {
            open().use { repl ->
                val texts =
                    listOf("(".repeat(5_000) + "|", "x.".repeat(3_000) + "|", "\"\${".repeat(200) + "|", "}".repeat(100) + "|", "\u0000|")
                texts.forEach { repl.completeAt(it) }
                repl.show("1 + 1") shouldBe "2: Int"
            }
        }

        test("nothing of a completion stays in memory") {
            open().use { repl ->
                repl.show("val xs = listOf(1)")
                val texts = listOf("parcel.|", "xs.|", "x|", "xs.map { it.| }", "Dur|", "xs.map|")
                texts.forEach { repl.completeAt(it) }
                repl.lookup("xs.map", 6)
                val before = liveModules()
                before shouldBeGreaterThan 0
                repeat(200) { repl.completeAt(texts[it % texts.size]) }
                repeat(20) { repl.lookup("xs.map", 6) }
                liveModules() shouldBeLessThanOrEqual before
            }
        }
    })

/** How many source files the compiler remembers, after a full collection. */
private fun liveModules(): Int {
    val name = ObjectName("com.sun.management:type=DiagnosticCommand")
    val server = ManagementFactory.getPlatformMBeanServer()
    val histogram =
        server.invoke(name, "gcClassHistogram", arrayOf<Any>(emptyArray<String>()), arrayOf("[Ljava.lang.String;")) as String
    val modules = histogram.lines().filter { "org.jetbrains.kotlin.fir.Fir" in it && "ModuleData" in it }
    return modules.sumOf { it.trim().split(Regex("\\s+"))[1].toInt() }
}
