package io.manhole

import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec
import java.nio.file.Files
import javax.tools.ToolProvider

/** `loaders()` and `useLoader(x)` at the Java prompt, in a process of its own. */
class JavaLoaderSpec : ManholeSpec() {
    private val modules = "java.base,java.management,java.prefs,jdk.jfr,jdk.jshell,jdk.management,jdk.net,jdk.unsupported"

    init {
        for (jdk in Jdk.all) {
            test("the classes of another loader can be named once it is chosen, on $jdk") {
                val source = testFolder.resolve("Greeter.java")
                Files.writeString(source, "package plugin; public class Greeter { public static String greet() { return \"hello\"; } }")
                val classes = Files.createDirectories(testFolder.resolve("classes"))
                val options = listOf("--release", "17", "-d", "$classes", "$source")
                ToolProvider.getSystemJavaCompiler().run(null, null, null, *options.toTypedArray()) shouldBe 0
                val target = closing(EnginelessJvm(jdk, DiagnosticsTarget::class, listOf("--limit-modules", modules)))
                target.connect().greeted().use { client ->
                    client.eval("var place = new java.io.File(\"$classes\").toURI().toURL()")
                    client.eval(
                        "var plugins = new java.net.URLClassLoader(\"plugins\", new java.net.URL[] {place}, ClassLoader.getSystemClassLoader())",
                    )
                    client.eval("plugin.Greeter.greet()") shouldContain "package plugin does not exist"
                    client.eval("useLoader(plugins)") shouldStartWith
                        "from the next line on, classes are those that java.net.URLClassLoader 'plugins'"
                    client.eval("plugin.Greeter.greet()") shouldBe "hello\n"
                    client.eval("loaders()").lines().first { it.startsWith("*") } shouldContain "'plugins'"
                    client.eval("useLoader(\"app\")") shouldContain "'app'"
                    client.eval("plugin.Greeter.greet()") shouldContain "package plugin does not exist"
                }
            }
        }
    }
}
