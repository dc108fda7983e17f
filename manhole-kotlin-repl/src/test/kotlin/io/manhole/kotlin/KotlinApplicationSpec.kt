package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.manhole.repl.ReplProvider
import io.manhole.testing.Jdk
import io.manhole.testing.Programs
import java.nio.file.Files
import java.nio.file.Path
import java.util.jar.JarFile
import java.util.jar.JarOutputStream

/** Applications that use what Kotlin has beside its library, or whose Kotlin is not what it should be; as processes of their own. */
class KotlinApplicationSpec :
    FunSpec({
        val others = Path.of(System.getProperty("other.kotlin"))
        val own = listOf(KotlinReplProvider::class.java, ReplProvider::class.java, KotlinApplication::class.java).map(::placeOf)
        val folder = tempdir().toPath()

        fun jars(vararg names: String) = names.map { others.resolve("$it.jar") }

        /** What each text evaluates to. */
        fun answers(jdk: Jdk, main: Class<*>, jars: List<Path>, vararg texts: String): List<String> {
            val command = listOf("${jdk.java}", "-Xmx256m", "-cp", (own + jars).joinToString(":"), main.name) + texts
            val ended = Programs.await(ProcessBuilder(command).start(), "", 150)
            withClue(ended) { ended.err shouldBe "" }
            return ended.out.trimEnd().lines()
        }

        for (jdk in Jdk.all) {
            test("its Kotlin 2.3.10, its coroutines and its reflection, on $jdk") {
                answers(
                    jdk,
                    KotlinApplication::class.java,
                    jars("kotlin-stdlib-2.3.10", "kotlin-reflect-2.3.10", "kotlinx-coroutines-core-jvm-1.10.2"),
                    "KotlinVersion.CURRENT",
                    "import kotlinx.coroutines.*",
                    "import kotlinx.coroutines.flow.*",
                    "runBlocking { val late = async { delay(1); 2 }; launch { delay(2) }; app.slowly(late.await()) }",
                    "runBlocking { flowOf(1, 2, 3).map { app.slowly(it) }.filter { it > 2 }.toList() }",
                    "runBlocking(threads.asCoroutineDispatcher()) { Thread.currentThread().name.substringBefore(' ') }",
                    "runBlocking { withContext(Dispatchers.Default) { order.copy(quantity = 7) } }",
                    "app.twice { order.item }",
                    "import kotlin.reflect.full.*",
                    "order::class.memberProperties.map { it.name + \"=\" + it.getter.call(order) }",
                    "data class Mine(val a: Int); Mine::class.primaryConstructor!!.call(5)",
                    "Mine::a.call(Mine(2))",
                ) shouldBe
                    listOf(
                        "2.3.10",
                        "nothing",
                        "nothing",
                        "3",
                        "[3, 4]",
                        "application-1",
                        "Order(item=cup, quantity=7)",
                        "[cup, cup]",
                        "nothing",
                        "[item=cup, quantity=6]",
                        "Mine(a=5)",
                        "2",
                    )
            }
        }

        test("coroutines that it has with a Kotlin of another version") {
            answers(
                Jdk.current,
                PlainApplication::class.java,
                jars("kotlin-stdlib-2.4.21", "kotlinx-coroutines-core-jvm-1.10.2"),
                "import kotlinx.coroutines.*",
                "runBlocking { val late = async { delay(1); 2 }; late.await() }",
            ) shouldBe listOf("nothing", "2")
        }

        test("a Kotlin whose version cannot be told") {
            val broken = folder.resolve("without-version.jar")
            copyWithout(others.resolve("kotlin-stdlib-1.9.25.jar"), broken) { it.startsWith("kotlin/KotlinVersion") }
            val answers = answers(Jdk.current, PlainApplication::class.java, listOf(broken), "1 + 1", "listOf(3, 1, 2).sorted()")
            withClue(answers) { answers shouldBe listOf("2", "[1, 2, 3]") }
        }
    })

private fun placeOf(type: Class<*>) = Path.of(type.protectionDomain.codeSource.location.toURI())

private fun copyWithout(jar: Path, to: Path, left: (String) -> Boolean) {
    JarFile(jar.toFile()).use { from ->
        JarOutputStream(Files.newOutputStream(to)).use { out ->
            for (entry in from.entries()) {
                if (!left(entry.name)) {
                    out.putNextEntry(java.util.zip.ZipEntry(entry.name))
                    from.getInputStream(entry).use { it.transferTo(out) }
                }
            }
        }
    }
}
