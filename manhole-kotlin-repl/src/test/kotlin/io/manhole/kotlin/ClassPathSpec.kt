package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.repl.RecordingContext
import io.manhole.testing.awaitThat
import java.io.InputStream
import java.net.URL
import java.net.URLClassLoader
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.readBytes
import kotlin.io.path.writeText

/** Where classes may come from, and what may be wrong with that. */
class ClassPathSpec :
    FunSpec({
        val folder = tempdir().toPath()
        val classes = TestClasses(folder)
        val above: ClassLoader = ClassPathSpec::class.java.classLoader

        fun loader(vararg places: Path) = URLClassLoader(Array<URL>(places.size) { places[it].toUri().toURL() }, above)

        /** What a session answers that sees the application through a loader. */
        fun answer(loader: ClassLoader, code: String, bindings: Map<String, Any?> = emptyMap()): String {
            val context = RecordingContext(bindings, loader = loader)
            return SharedSessions.open(context).use { repl -> repl.show(code).also { context.warnings.shouldBeEmpty() } }
        }

        test("folders with odd names") {
            val places =
                listOf("sp ace", "b\u00e4h", "a#b", "50%", "100%25", "a+b", "x!y").mapIndexed { number, name ->
                    classes.compile("odd/$name", "P$number.java" to "package p; public class P$number { public int n = $number; }")
                }
            loader(*places.toTypedArray()).use { loader ->
                answer(loader, "listOf(p.P0().n, p.P1().n, p.P2().n, p.P3().n, p.P4().n, p.P5().n, p.P6().n)") shouldBe
                    "[0, 1, 2, 3, 4, 5, 6]: List<Int>"
            }
        }

        test("jars that are missing, empty or no jars are passed over") {
            val good = classes.compile("good", "Q.java" to "package q; public class Q { public int n = 1; }")
            val text = folder.resolve("text.jar").apply { writeText("no jar") }
            val empty = folder.resolve("empty.jar").apply { writeText("") }
            val cut = folder.resolve("cut.jar")
            Files.write(cut, classes.jar(folder.resolve("whole.jar"), "" to good).readBytes().copyOf(100))
            loader(folder.resolve("missing.jar"), folder.resolve("missing/"), text, empty, cut, good).use { loader ->
                answer(loader, "q.Q().n") shouldBe "1: Int"
            }
        }

        test("jars named in a jar's manifest, versions for newer releases, and annotated packages") {
            val old = classes.compile("old", "R.java" to "package r; public class R { public String version() { return \"base\"; } }")
            val new = classes.compile("new", "R.java" to "package r; public class R { public String version() { return \"17\"; } }")
            val other =
                classes.compile(
                    "other",
                    "package-info.java" to "@Deprecated package s;",
                    "S.java" to "package s; public class S { public int n = 2; }",
                )
            classes.jar(folder.resolve("named jar.jar"), "" to other)
            val first =
                classes.jar(
                    folder.resolve("first.jar"),
                    "" to old,
                    "META-INF/versions/17/" to new,
                    manifest = mapOf("Multi-Release" to "true", "Class-Path" to "named%20jar.jar missing.jar"),
                )
            loader(first).use { loader -> answer(loader, "r.R().version() + s.S().n") shouldBe "172: String" }
        }

        test("a jar and a folder within a jar are read where they are, in both spellings of Spring Boot") {
            val own =
                classes.compile(
                    "own",
                    "Own.java" to "package app; public class Own { public lib.Part part() { return new lib.Part(); } }",
                    "Part.java" to "package lib; public class Part { public int n = 3; }",
                )
            val library = classes.compile("library", "Part.java" to "package lib; public class Part { public int n = 3; }")
            Files.delete(own.resolve("lib/Part.class"))
            val part = classes.jar(folder.resolve("part+1.jar"), "" to library)
            val outer = classes.jar(folder.resolve("outer app.jar"), "BOOT-INF/classes/" to own, "BOOT-INF/lib/" to part)
            val path = outer.toUri().rawPath
            for (urls in listOf(
                listOf("jar:nested:$path/!BOOT-INF/classes/!/", "jar:nested:$path/!BOOT-INF/lib/part+1.jar!/"),
                listOf("jar:file:$path!/BOOT-INF/classes!/", "jar:file:$path!/BOOT-INF/lib/part+1.jar!/"),
            )) {
                NestedLoader(urls, listOf(own, library), above).use { loader ->
                    answer(loader, "app.Own().part().n + lib.Part().n") shouldBe "6: Int"
                    answer(loader, "lib.Missing()") shouldContain "Unresolved reference 'Missing'"
                }
            }
            // The compiler's thread closes it.
            awaitThat({ "$outer is open" }) { !isOpen(outer) }
        }

        test("the same in a web application's archive, WEB-INF, and its spelling of a URL") {
            val own = classes.compile("web", "Page.java" to "package web; public class Page { public int n = 7; }")
            val library = classes.compile("tags", "Tag.java" to "package tags; public class Tag { public int n = 8; }")
            val tags = classes.jar(folder.resolve("tags.jar"), "" to library)
            val war =
                classes.jar(
                    folder.resolve("shop.war"),
                    "WEB-INF/classes/" to own,
                    "WEB-INF/lib/" to tags,
                    "WEB-INF/lib-provided/" to tags,
                )
            val path = war.toUri().rawPath
            val urls = listOf("jar:nested:$path/!WEB-INF/classes/!/", "jar:nested:$path/!WEB-INF/lib/tags.jar!/")
            NestedLoader(urls, listOf(own, library), above).use { loader ->
                answer(loader, "web.Page().n + tags.Tag().n") shouldBe "15: Int"
            }
        }

        test("a jar within a jar that is compressed again is said to be out of reach") {
            val library = classes.compile("packed", "Part.java" to "package packed; public class Part { public int n = 3; }")
            val part = classes.jar(folder.resolve("packed.jar"), "" to library)
            val outer = classes.jar(folder.resolve("packing.jar"), "lib/" to part, compress = true)
            NestedLoader(listOf("jar:file:${outer.toUri().rawPath}!/lib/packed.jar!/"), listOf(library), above).use { loader ->
                val context = RecordingContext(loader = loader)
                SharedSessions.open(context).use { it.show("1 + 1") shouldBe "2: Int" }
                context.warnings.single() shouldContain
                    "the classes of $outer!/lib/packed.jar cannot be named here: a jar within a jar is read only where it is not compressed"
            }
        }

        test("classes of a loader that says nothing of where they are, as far as objects lead to them") {
            val hidden =
                classes.compile(
                    "hidden",
                    "Made.java" to
                        "package made; public class Made { public Kind kind() { return new Kind(); } public static class In { public int n = 5; } }",
                    "Kind.java" to "package made; public class Kind { public int n = 4; }",
                )
            val loader = ByNameLoader(hidden, above)
            val made = loader.loadClass("made.Made").getConstructor().newInstance()
            answer(loader, "made.kind().n", mapOf("made" to made)) shouldBe "4: Int"
            answer(loader, "import made.*\nKind().n + Made.In().n", mapOf("thing" to made)) shouldBe "9: Int"
            answer(loader, "made.Missing()", mapOf("thing" to made)) shouldContain "Unresolved reference 'Missing'"
            answer(loader, "nowhere.Missing()") shouldContain "Unresolved reference 'nowhere'"
        }

        test("objects of a loader that gives no bytes are what is known of their classes") {
            val hidden =
                classes.compile(
                    "silent",
                    "Task.java" to "package t; public class Task implements Runnable { public void run() {} }",
                )
            val loader = ByNameLoader(hidden, above, givesBytes = false)
            val task = loader.loadClass("t.Task").getConstructor().newInstance()
            answer(loader, "task.run(); task is Runnable", mapOf("task" to task)) shouldBe "true: Boolean"
        }

        test("a loader that throws at every question") {
            val loader =
                object : ClassLoader(above) {
                    override fun getResource(name: String) = error("no resources here")

                    override fun getResourceAsStream(name: String) = error("no resources here")
                }
            answer(loader, "1 + 1") shouldBe "2: Int"
        }
    })

/** A launcher's loader: says where classes are in its own way. */
private class NestedLoader(private val urls: List<String>, private val folders: List<Path>, parent: ClassLoader) :
    URLClassLoader(emptyArray(), parent) {
    override fun getURLs(): Array<URL> =
        Array(urls.size) {
            // A scheme that the JDK does not know has a handler of its own.
            URL(null, urls[it], NoHandler)
        }

    override fun findClass(name: String): Class<*> = define(name, folders) ?: throw ClassNotFoundException(name)

    private fun define(name: String, from: List<Path>): Class<*>? {
        val file = from.map { it.resolve(name.replace('.', '/') + ".class") }.firstOrNull(Files::exists) ?: return null
        val bytes = file.readBytes()
        return defineClass(name, bytes, 0, bytes.size)
    }
}

private object NoHandler : java.net.URLStreamHandler() {
    override fun openConnection(url: URL) = throw java.io.IOException("not to be opened: $url")
}

/** As for classes that are made in memory. */
private class ByNameLoader(private val folder: Path, parent: ClassLoader, private val givesBytes: Boolean = true) : ClassLoader(parent) {
    override fun findClass(name: String): Class<*> {
        val file = file(name.replace('.', '/') + ".class") ?: throw ClassNotFoundException(name)
        return defineClass(name, file.readBytes(), 0, file.readBytes().size)
    }

    override fun getResourceAsStream(name: String): InputStream? =
        super.getResourceAsStream(name) ?: file(name)?.takeIf { givesBytes }?.let(Files::newInputStream)

    private fun file(name: String): Path? = folder.resolve(name).takeIf(Files::isRegularFile)
}

private fun isOpen(file: Path) =
    Files.list(Path.of("/proc/self/fd")).use { open ->
        open.toList().any { runCatching { Files.readSymbolicLink(it) }.getOrNull() == file.toRealPath() }
    }
