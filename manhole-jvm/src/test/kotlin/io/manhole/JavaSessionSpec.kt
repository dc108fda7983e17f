package io.manhole

import io.kotest.assertions.withClue
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.longs.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import io.manhole.repl.EvalResult
import io.manhole.repl.Evaluation
import io.manhole.repl.RecordingContext
import io.manhole.testing.ManholeSpec
import io.manhole.testing.awaitThat
import java.io.File
import java.lang.ref.WeakReference
import java.net.URL
import java.net.URLClassLoader
import java.nio.file.Files
import java.util.concurrent.FutureTask
import java.util.concurrent.atomic.AtomicInteger
import java.util.jar.JarEntry
import java.util.jar.JarOutputStream
import javax.tools.ToolProvider

/** What a Java session needs of the process, and gives back; and whose classes it sees. */
class JavaSessionSpec : ManholeSpec() {
    /** Compiles a class that nobody else has: `plugin.Greeter` with a method that greets. */
    private fun compileGreeter(): File {
        val source = testFolder.resolve("Greeter.java")
        Files.writeString(
            source,
            "package plugin; public class Greeter { public static String greet() { return \"hello\"; } public String again() { return greet(); } }",
        )
        val classes = Files.createDirectories(testFolder.resolve("classes")).toFile()
        ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", "$classes", "$source") shouldBe 0
        return classes
    }

    private fun threads() = Thread.getAllStackTraces().keys.filter { it.isAlive && it.name.startsWith("manhole-java") }

    init {
        test("a closed session gives back its thread, its classes and the application's loader") {
            fun use(): List<WeakReference<Any>> {
                val application = URLClassLoader(arrayOf(compileGreeter().toURI().toURL()), javaClass.classLoader)
                val greeter = application.loadClass("plugin.Greeter").getDeclaredConstructor().newInstance()
                return JavaPrompt.open(RecordingContext(mapOf("greeter" to greeter), loader = application)).use { session ->
                    session.eval("class Mine { String s = plugin.Greeter.greet(); } new Mine().s") shouldBe
                        EvalResult.Value("hello", "String")
                    session.complete("greeter.aga", 11).single().candidate() shouldBe "again"
                    val own = session.eval("new Mine()").shouldBeInstanceOf<EvalResult.Value>().value()!!
                    listOf(WeakReference(own.javaClass), WeakReference(own.javaClass.classLoader), WeakReference(application))
                }
            }
            // On a thread of its own, which leaves nothing on a stack.
            val used = FutureTask(::use)
            Thread(used).apply { start() }.join()
            val left = used.get()
            awaitThat({ "left: ${threads()}" }) { threads().isEmpty() }
            awaitThat({ "left: ${left.map { it.get() }}" }) {
                System.gc()
                left.all { it.get() == null }
            }
        }

        test("classes of the application's own loader are the application's") {
            URLClassLoader(arrayOf(compileGreeter().toURI().toURL()), javaClass.classLoader).use { application ->
                JavaPrompt.open(RecordingContext(loader = application)).use {
                    it.show("plugin.Greeter.greet()") shouldBe "hello: String"
                    it.eval("plugin.Greeter.class").shouldBeInstanceOf<EvalResult.Value>().value() shouldBeSameInstanceAs
                        application.loadClass("plugin.Greeter")
                }
            }
        }

        test("classes that only the loader can reach are found too") {
            val classes = compileGreeter()
            val jar = testFolder.resolve("nested.jar").toFile()
            JarOutputStream(jar.outputStream()).use { out ->
                for (name in listOf("deep/inside/", "deep/inside/plugin/", "deep/inside/plugin/Greeter.class")) {
                    out.putNextEntry(JarEntry(name))
                    if (name.endsWith(".class")) out.write(classes.resolve("plugin/Greeter.class").readBytes())
                }
            }
            // As executable jars do it: the loader has no jar that a compiler could open.
            val application =
                object : ClassLoader(javaClass.classLoader) {
                    override fun findClass(name: String): Class<*> {
                        val bytes = findResource(name.replace('.', '/') + ".class")?.readBytes() ?: throw ClassNotFoundException(name)
                        return defineClass(name, bytes, 0, bytes.size)
                    }

                    override fun findResource(name: String): URL? =
                        URL("jar:${jar.toURI()}!/deep/inside/$name").takeIf { url -> runCatching { url.openStream().close() }.isSuccess }

                    override fun findResources(name: String) = java.util.Collections.enumeration(listOfNotNull(findResource(name)))
                }
            JavaPrompt.open(RecordingContext(loader = application)).use {
                it.show("plugin.Greeter.greet()") shouldBe "hello: String"
                it.show("import plugin.*; Greeter.greet()") shouldBe "hello: String"
                it.show("plugin.Missing.greet()") shouldContain "cannot find symbol"
            }
        }

        test("a session has one thread, which compiles and never runs what was typed") {
            JavaPrompt.open().use { session ->
                session.show("Thread.currentThread() == Thread.currentThread()") shouldBe "true: boolean"
                threads().map { it.name } shouldBe listOf("manhole-java-compiler")
                val evaluation =
                    Evaluation(session, "Thread.currentThread().getName() + Thread.currentThread().getContextClassLoader().getName()")
                evaluation.await().shouldBeInstanceOf<EvalResult.Value>().value() as String shouldContain "manhole-java"
            }
            awaitThat({ "left: ${threads()}" }) { threads().isEmpty() }
        }

        test("a session's memory grows slowly") {
            fun used(): Long {
                repeat(3) { System.gc() }
                return Runtime.getRuntime().let { it.totalMemory() - it.freeMemory() }
            }
            JavaPrompt.open().use { session ->
                repeat(30) { session.show("\"a\".length() + $it") shouldBe "${it + 1}: int" }
                val before = used()
                repeat(70) { session.show("\"a\".length() + $it") shouldBe "${it + 1}: int" }
                val each = (used() - before) / 70
                withClue("bytes a snippet") { each shouldBeLessThan 100_000 }
            }
        }

        test("names and calls that are no Java do no harm") {
            JavaPrompt.open().use {
                for (text in listOf("\u0000", "\uD83D\uDE00", "class", "/", ";", "import", "import x", "#", "@", "\"", "'", "int", "\\u")) {
                    withClue(text) { (it.eval(text) is EvalResult.Failed) shouldBe false }
                }
                it.show("1" + " + 1".repeat(20_000)).take(5) shouldBe it.show("1" + " + 1".repeat(20_000)).take(5)
                it.show("\"\u00e4\u00f6\uD83D\uDE00\".length()") shouldBe "4: int"
                it.show("1 + 1") shouldBe "2: int"
            }
        }

        test("the type of an expression in parentheses is known without evaluating it") {
            val counter = AtomicInteger()
            JavaPrompt.open(RecordingContext(mapOf("counter" to counter))).use {
                it.show("var names = List.of(\"a\")") shouldBe "nothing"

                fun type(text: String) = it.lookup(text, text.length)?.type()
                type("(counter.incrementAndGet())") shouldBe "int"
                type("(names.stream().map(String::length).toList())") shouldBe "List<Integer>"
                type("names.get(0)") shouldBe "String"
                type("new int[3]") shouldBe "int[]"
                type("(nothing.such())") shouldBe null
                type("(") shouldBe null
            }
            counter.get() shouldBe 0
        }

        test("what the application installs is not disturbed") {
            JavaPrompt.open().use { session ->
                val before = System.getProperties().toMap()
                session.show("1 + 1") shouldBe "2: int"
                (System.getProperties().toMap() - before.keys).keys.shouldBeEmpty()
            }
        }
    }
}
