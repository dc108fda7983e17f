package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.repl.ReplProvider
import io.manhole.testing.Programs
import java.nio.file.Files
import java.nio.file.Path
import java.util.jar.JarFile
import javax.tools.ToolProvider
import kotlin.io.path.copyTo
import kotlin.io.path.createDirectories
import kotlin.io.path.createParentDirectories
import kotlin.io.path.deleteExisting
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText

/** Processes in a bad way: with classes that cannot be loaded, a Kotlin that is none, a full heap, half an engine. */
class BadApplicationSpec :
    FunSpec({
        val own = listOf(KotlinReplProvider::class.java, ReplProvider::class.java, SnippetProgram::class.java).map(::location)
        val stdlib = Path.of(System.getProperty("other.kotlin")).resolve("kotlin-stdlib-1.9.25.jar")
        val scratch = tempdir().toPath()

        test("what fills the heap fails, and the session goes on in a small process") {
            val lines =
                run(
                    own,
                    "1 + 1",
                    "val all = ArrayList<LongArray>(); while (true) { all.add(LongArray(1 shl 14)) }",
                    "fun deep(n: Int): Int = deep(n + 1) + 1; deep(0)",
                    "numbers.map { it * 2 }",
                    heap = "96m",
                )
            lines[0] shouldBe "2: Int"
            lines[1] shouldStartWith "thrown java.lang.OutOfMemoryError"
            lines[2] shouldStartWith "thrown java.lang.StackOverflowError"
            lines[3] shouldBe "[2, 4, 6]: List<Int>"
        }

        test("classes that cannot be loaded are named, at compile time or at run time") {
            val lost = compile(scratch.resolve("lost"))
            lost.resolve("lost/Base.class").deleteExisting()
            lost.resolve("lost/Garbage.class").writeBytes(byteArrayOf(1, 2, 3))
            val lines =
                run(
                    own + listOf(lost),
                    "lost.Child().toString()",
                    "lost.Unready.VALUE",
                    "Class.forName(\"lost.Garbage\")",
                    "lost.Garbage()",
                    "lost.Sound().hello()",
                )
            lines[0].replace('/', '.') shouldContain "lost.Base"
            lines[1] shouldBe "thrown java.lang.ExceptionInInitializerError"
            lines[2] shouldContain "java.lang.ClassFormatError"
            lines[3] shouldContain "the compiler failed on this text"
            lines[4] shouldBe "hello: String"
        }

        test("a class that is there twice is the first one") {
            val first = compile(scratch.resolve("first"))
            val second = compile(scratch.resolve("second"), sound = "other")
            run(own + listOf(second, first), "lost.Sound().hello()")[0] shouldBe "other: String"
        }

        test("a Kotlin that is no Kotlin is not used") {
            val garbage = scratch.resolve("garbage")
            garbage.resolve("kotlin/KotlinVersion.class").createParentDirectories().writeBytes(byteArrayOf(0xCA.toByte(), 0xFE.toByte()))
            run(own + listOf(garbage), "numbers.map { it * 2 }.sum()", "\"a,b\".split(\",\")")[0] shouldBe "12: Int"
            val cut = scratch.resolve("kotlin-stdlib-cut.jar").apply { writeBytes(stdlib.readBytes().copyOf(500_000)) }
            run(own + listOf(cut), "numbers.map { it * 2 }.sum()")[0] shouldBe "12: Int"
        }

        test("half a Kotlin does not keep the session from what the other half can do") {
            val half = scratch.resolve("half")
            JarFile(stdlib.toFile()).use { jar ->
                jar
                    .entries()
                    .asSequence()
                    .filter {
                        !it.isDirectory && it.name.startsWith("kotlin/") && it.name.count { c ->
                            c == '/'
                        } == 1
                    }.forEach { entry ->
                        half.resolve(entry.name).createParentDirectories().writeBytes(jar.getInputStream(entry).readBytes())
                    }
            }
            val lines = run(own + listOf(half), "1 + 1", "numbers.map { it * 2 }", "\"a\".length")
            withClue(lines) {
                lines[0] shouldBe "2: Int"
                lines[1] shouldBe "[2, 4, 6]: List<Int>"
                lines[2] shouldBe "1: Int"
            }
        }

        test("without kotlinx.coroutines the prompt says why it cannot wait for a suspend function, and what to do") {
            val lines =
                run(
                    own,
                    "suspend fun s() = 1",
                    "s()",
                    "import kotlin.coroutines.*; suspend { s() }.startCoroutine(Continuation(EmptyCoroutineContext) { println(it) })",
                    "privates(numbers).call(\"get\", 0)",
                )
            lines[1] shouldContain "kotlinx.coroutines, which this application does not have"
            lines[2] shouldBe "Success(1)"
            lines[4] shouldContain "IllegalAccessException"
        }

        test("without its engine the prompt says what is missing") {
            val bare = scratch.resolve("bare")
            Files.walk(own[0]).use { files ->
                files.filter { Files.isRegularFile(it) && "kotlin-engine" !in it.toString() }.forEach {
                    it.copyTo(bare.resolve(own[0].relativize(it).toString()).createParentDirectories())
                }
            }
            run(listOf(bare) + own.drop(1), "1 + 1").first { "thrown" in it } shouldContain "packed without its engine"
        }
    })

/** What a process with this class path says to each text. */
private fun run(classPath: List<Path>, vararg texts: String, heap: String = "256m"): List<String> {
    val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
    val command = listOf(java, "-Xmx$heap", "-cp", classPath.joinToString(":"), SnippetProgram::class.java.name)
    val ended = Programs.await(ProcessBuilder(command + texts).start(), "", deadlineSeconds = 150)
    withClue(ended) { ended.out.lines().last { it.isNotBlank() } shouldBe "done" }
    return ended.out.lines()
}

/** Classes of which some will be missing. */
private fun compile(folder: Path, sound: String = "hello"): Path {
    val sources =
        mapOf(
            "Base" to "public class Base { }",
            "Child" to "public class Child extends Base { }",
            "Unready" to "public class Unready { public static final int VALUE = Integer.parseInt(\"x\"); }",
            "Garbage" to "public class Garbage { }",
            "Sound" to "public class Sound { public String hello() { return \"$sound\"; } }",
        )
    val files =
        sources.map { (name, text) ->
            val file = folder.resolve("src/$name.java").createParentDirectories()
            file.writeText("package lost; $text")
            file.toString()
        }
    val classes = folder.resolve("classes").createDirectories()
    ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", classes.toString(), *files.toTypedArray()) shouldBe 0
    return classes
}
