package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldStartWith
import io.manhole.repl.RecordingContext
import io.manhole.repl.Repl
import io.manhole.repl.ReplCommand
import io.manhole.repl.SymbolInfo
import java.net.URLClassLoader
import java.nio.file.Files
import java.nio.file.Path
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import javax.tools.ToolProvider

/** What the name at the `|` of a text is. */
fun Repl.lookupAt(text: String): SymbolInfo? = text.indexOf('|').let { lookup(text.removeRange(it, it + 1), it) }

class LookupSpec :
    FunSpec({
        fun session(use: (Repl) -> Unit) {
            val commands = listOf(ReplCommand("help", emptyList(), "says what there is") {})
            SharedSessions.open(RecordingContext(mapOf("parcel" to Parcel("Bonn")), commands)).use { repl ->
                listOf(
                    "val xs = listOf(3, 1, 2)",
                    "/**\n * Adds up.\n *\n * @param n how much\n */\nfun raised(n: Int) = n + 2",
                    "/** A box. */ class Box<T>(val content: T) { fun open() = content }",
                    "var changing = \"a\"",
                ).forEach { repl.show(it) }
                use(repl)
            }
        }

        test("kind, signature, type and owner are the compiler's") {
            val expected =
                mapOf(
                    "x|s" to "property: val xs: List<Int>: List<Int> of null",
                    "chan|ging" to "property: var changing: String: String of null",
                    "raised|(1)" to "function: fun raised(n: Int): Int: Int of null",
                    "raised|" to "function: fun raised(n: Int): Int: Int of null",
                    "xs.ma|p { it + 1 }" to
                        "function: fun <T, R> Iterable<T>.map(transform: (T) -> R): List<R>: List<R> of kotlin.collections",
                    "xs.map|" to "function: fun <T, R> Iterable<T>.map(transform: (T) -> R): List<R>: List<R> of kotlin.collections",
                    "Box|(1)" to "constructor: Box(content: T): Box<T> of null",
                    "val b: Box|<Int>? = null" to "class: class Box<T>: null of null",
                    "parcel.lab|el" to "property: val label: String: String of io.manhole.kotlin.Parcel",
                    "parcel.send|(\"x\")" to "function: fun send(town: String): Parcel: Parcel of io.manhole.kotlin.Parcel",
                    "xs.forEach { each -> eac|h }" to "parameter: each: Int: Int of null",
                    "Mat|h.max(1, 2)" to "class: class Math: null of java.lang",
                    "java.util.concurrent.Callable|" to "interface: interface Callable<V>: null of java.util.concurrent",
                    "Duratio|n" to "class: class Duration: null of java.time",
                    "import java.time.Durat|ion" to "class: class Duration: null of java.time",
                    "xs.fold(0) { sum, each -> su|m + ea" to "parameter: sum: Int: Int of null",
                )
            session { repl ->
                for ((text, told) in expected) {
                    withClue(text) {
                        val found = repl.lookupAt(text).shouldNotBeNull()
                        "${found.kind()}: ${found.signature()}${found.type()?.let { ": $it" } ?: ": null"} of ${found.owner()}" shouldBe
                            told
                    }
                }
            }
        }

        test("a declaration of the session's is documented by the comment above it, a command by its description") {
            session { repl ->
                repl.lookupAt("raised|(1)")?.documentation() shouldBe "Adds up.\n\n@param n how much"
                repl.lookupAt("val b: Box|<Int>? = null")?.documentation() shouldBe "A box."
                repl.lookupAt("hel|p()")?.documentation() shouldBe "says what there is"
                repl.lookupAt("xs|")?.documentation().shouldBeNull()
            }
        }

        test("where there is no name, or none that is known, nothing is said") {
            session { repl ->
                for (text in listOf("|", "1 + |", "unheardOf|", "\"xs|\"", "// xs|", "parcel.unheardOf|")) {
                    withClue(text) { repl.lookupAt(text).shouldBeNull() }
                }
            }
        }

        test("nothing is run") {
            session { repl ->
                val before = Parcel.looks
                repl.lookupAt("parcel.lab|el")
                repl.lookupAt("parcel.send(\"x\").lab|el")
                Parcel.looks shouldBe before
            }
        }

        test("a library is documented by the sources beside its jar, as plain text") {
            val folder = Files.createTempDirectory("manhole-lookup")
            try {
                val jar = library(folder)
                URLClassLoader(arrayOf(jar.toUri().toURL()), LookupSpec::class.java.classLoader).use { loader ->
                    SharedSessions.open(RecordingContext(loader = loader)).use { repl ->
                        val type = repl.lookupAt("lib.Crane|").shouldNotBeNull()
                        type.documentation() shouldBe "Lifts things, up to <2 tons.\n\nMind your head, says Crane."
                        type.file() shouldBe "$folder/crane-1.0-sources.jar!/lib/Crane.java"
                        type.line() shouldBe 8
                        val lift = repl.lookupAt("lib.Crane().lif|t(5)").shouldNotBeNull()
                        lift.documentation().shouldNotBeNull() shouldStartWith "Lifts so much.\n\n@param tons how much\n@return whether"
                        lift.line() shouldBe 18
                        repl.lookupAt("lib.Crane().lif|t(\"all\")")?.documentation() shouldBe "Lifts what is called that."
                        repl.lookupAt("lib.Crane().heig|ht")?.documentation() shouldBe "How high it is."
                        repl.lookupAt("lib.Crane.Hook|()")?.owner() shouldBe "lib.Crane.Hook"
                        repl.lookupAt("lib.Crane().silent|()").shouldNotBeNull().run {
                            documentation().shouldBeNull()
                            file().shouldNotBeNull() shouldEndWith "Crane.java"
                        }
                    }
                }
            } finally {
                folder.toFile().deleteRecursively()
            }
        }
    })

private val CRANE =
    """
    package lib;

    /**
     * Lifts <b>things</b>, up to &lt;2 tons.
     *
     * <p>Mind your {@code head}, says {@link Crane}.
     */
    public class Crane {
        /** How high it is. */
        public int getHeight() { return 1; }

        /**
         * Lifts so much.
         *
         * @param tons how much
         * @return whether it could
         */
        public boolean lift(int tons) { return true; }

        /** Lifts what is called that. */
        public boolean lift(String what) { return true; }

        public void silent() {}

        public static class Hook {}
    }
    """.trimIndent()

/** A jar with its sources beside it, as Maven's repository has them. */
private fun library(folder: Path): Path {
    val source = Files.writeString(folder.resolve("Crane.java"), CRANE)
    check(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(), source.toString()) == 0)
    val classes = listOf("lib/Crane.class", "lib/Crane\$Hook.class")
    zip(folder.resolve("crane-1.0-sources.jar"), mapOf("lib/Crane.java" to CRANE.toByteArray()))
    return zip(folder.resolve("crane-1.0.jar"), classes.associateWith { Files.readAllBytes(folder.resolve(it)) })
}

private fun zip(file: Path, entries: Map<String, ByteArray>): Path {
    ZipOutputStream(Files.newOutputStream(file)).use { zip ->
        for ((name, bytes) in entries) {
            zip.putNextEntry(ZipEntry(name))
            zip.write(bytes)
        }
    }
    return file
}
