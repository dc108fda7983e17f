package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.manhole.Manhole
import io.manhole.ManholeOptions
import io.manhole.testing.PlainClient
import io.manhole.testing.awaitThat
import java.lang.ref.WeakReference
import java.net.URL
import java.net.URLClassLoader
import java.nio.file.Path
import java.util.concurrent.CountDownLatch

/** `loaders()` and `useLoader(x)`, at a prompt whose application has plug-ins with class loaders of their own. */
class LoaderCommandsSpec :
    FunSpec({
        val folder = tempdir().toPath()
        val plugins =
            TestClasses(folder).compile(
                "plug in #1",
                "Greeter.java" to
                    "package plugin; public class Greeter { public static String hello = \"hello\"; public String greet() { return hello; } }",
            )

        test("loaders() numbers the loaders, and says whose they are, and which is this session's") {
            pluginLoader(plugins).use { loader ->
                withManhole(folder, "greeter" to greeterIn(loader)) { manhole ->
                    val table = client(manhole) { it.eval("loaders()") }
                    withClue(table) {
                        table.lines().single { "AppClassLoader" in it } shouldContain "the class path"
                        table.lines().first { it.startsWith("*") } shouldContain "AppClassLoader 'app'"
                        table.lines().single { "'plugins'" in it } shouldContain "${numberOf("AppClassLoader", table)}  greeter"
                        table shouldNotContain "manhole-"
                    }
                }
            }
        }

        test("with an object its class can be named, and what was declared before is gone") {
            pluginLoader(plugins).use { loader ->
                withManhole(folder, "greeter" to greeterIn(loader)) { manhole ->
                    client(manhole) { client ->
                        client.eval("greeter.greet()") shouldContain "Unresolved reference 'greet'"
                        client.eval("val before = 1")
                        client.eval("useLoader(greeter)") shouldContain "classes are those that java.net.URLClassLoader 'plugins' sees"
                        client.eval("greeter.greet()") shouldBe "hello\n"
                        client.eval("plugin.Greeter().greet()") shouldBe "hello\n"
                        client.eval("before") shouldContain "Unresolved reference 'before'"
                        client.eval("useLoader(greeter.javaClass)") shouldContain "already"
                        client.eval("loaders()").lines().first { it.startsWith("*") } shouldContain "'plugins'"
                    }
                }
            }
        }

        test("with a number, a name, a thread and back") {
            pluginLoader(plugins).use { loader ->
                val stop = CountDownLatch(1)
                val thread = Thread({ stop.await() }, "plug-in").apply { contextClassLoader = loader }
                thread.start()
                try {
                    withManhole(folder, "thread" to thread) { manhole ->
                        client(manhole) { client ->
                            val table = client.eval("loaders()")
                            table.lines().single { "'plugins'" in it } shouldContain "1 thread: plug-in"
                            client.eval("useLoader(${numberOf("'plugins'", table)})") shouldContain "'plugins'"
                            client.eval("plugin.Greeter.hello") shouldBe "hello\n"
                            client.eval("useLoader(\"app\")") shouldContain "'app'"
                            client.eval("plugin.Greeter.hello") shouldContain "Unresolved reference 'plugin'"
                            client.eval("useLoader(thread)") shouldContain "'plugins'"
                            client.eval("plugin.Greeter.hello") shouldBe "hello\n"
                        }
                    }
                } finally {
                    stop.countDown()
                    thread.join()
                }
            }
        }

        test("what stands for no loader is said to") {
            withManhole(folder) { manhole ->
                client(manhole) { client ->
                    client.eval("useLoader(99)") shouldContain "there is no loader 99; loaders() lists those that there are"
                    client.eval("useLoader(\"text\")") shouldContain "that has no class loader that sees an application"
                    client.eval("useLoader(null)") shouldContain "that has no class loader that sees an application"
                    client.eval("class Mine; useLoader(Mine())") shouldContain "already"
                }
            }
        }

        test("a loader is chosen for one session, and goes with it") {
            var loader: URLClassLoader? = pluginLoader(plugins)
            val held = arrayOf<Any?>(greeterIn(loader!!))
            val gone = WeakReference(loader)
            withManhole(folder, "held" to held) { manhole ->
                client(manhole) { other ->
                    client(manhole) { client ->
                        client.eval("useLoader(held[0])") shouldContain "'plugins'"
                        client.eval("(held[0] as plugin.Greeter).greet()") shouldBe "hello\n"
                        other.eval("held[0] as plugin.Greeter") shouldContain "Unresolved reference 'plugin'"
                    }
                    held[0] = null
                    loader!!.close()
                    loader = null
                    awaitThat({ "the loader is still there" }) {
                        System.gc()
                        gone.get() == null
                    }
                    other.eval("1 + 1") shouldBe "2\n"
                }
            }
        }
    })

private fun pluginLoader(classes: Path) =
    URLClassLoader("plugins", arrayOf<URL>(classes.toUri().toURL()), LoaderCommandsSpec::class.java.classLoader)

private fun greeterIn(loader: ClassLoader): Any = loader.loadClass("plugin.Greeter").getConstructor().newInstance()

private fun numberOf(loader: String, table: String) = table.lines().single { loader in it }.trimStart('*', ' ').substringBefore(' ').toInt()

private fun withManhole(folder: Path, vararg locals: Pair<String, Any>, use: (Manhole) -> Unit) {
    // The compiler stays with the other specs, and is there before a client waits for it.
    SharedSessions.open().use { it.show("1") shouldBe "1: Int" }
    val options = ManholeOptions.builder().socketPath(folder.resolve("manhole.sock")).verbose(false).locals(locals.toMap())
    Manhole.install(options.build()).use(use)
}

private fun <T> client(manhole: Manhole, use: (PlainClient) -> T): T = PlainClient(manhole.socketPath()).use { use(it.greeted()) }
