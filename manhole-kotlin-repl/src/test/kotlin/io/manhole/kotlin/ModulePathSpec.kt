package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.Manhole
import io.manhole.testing.Jdk
import io.manhole.testing.PlainClient
import io.manhole.testing.TargetJvm
import java.io.File
import java.nio.file.Files
import java.nio.file.Path

/** An application of named modules, `java -p ... -m ...`, with all of manhole on its module path. */
class ModulePathSpec :
    FunSpec({
        val folder = tempdir().toPath()
        val classes = TestClasses(folder)
        val libraries = System.getProperty("java.class.path").split(File.pathSeparator).filter { "junixsocket" in it }.map(Path::of)
        val core = Path.of(Manhole::class.java.protectionDomain.codeSource.location.toURI())
        val kotlin =
            Path.of(KotlinReplProvider::class.java.protectionDomain.codeSource.location.toURI()).let {
                // A folder without a descriptor is no module, a jar is.
                val manifest = mapOf("Automatic-Module-Name" to "io.manhole.kotlin")
                if (Files.isDirectory(it)) classes.jar(folder.resolve("manhole-kotlin-repl.jar"), "" to it, manifest = manifest) else it
            }
        // A path is a collection of its own parts, too.
        val path = libraries + listOf(core, kotlin)
        val shop =
            classes.compile(
                "shop",
                "module-info.java" to "module shop { requires io.manhole; exports shop.api; }",
                "shop/api/Named.java" to "package shop.api; public interface Named { String name(); }",
                "shop/api/Order.java" to
                    "package shop.api; public record Order(String item) implements Named { public String name() { return item; } }",
                "shop/internal/Secret.java" to
                    "package shop.internal; public class Secret implements shop.api.Named { public String name() { return \"secret\"; } }",
                "shop/Main.java" to MAIN,
                options = listOf("-p", path.joinToString(":")),
            )
        val modules = (path + listOf(classes.jar(folder.resolve("shop-1.0.jar"), "" to shop))).joinToString(":")

        for (jdk in Jdk.all) {
            test("packages that are exported can be used, and objects of others by what they implement, on $jdk") {
                val arguments = listOf("--add-modules", "ALL-DEFAULT", "-p", modules, "-m")
                TargetJvm(jdk, "shop/shop.Main", classPath = "", jvmArguments = arguments).use { target ->
                    target.awaitSocket()
                    PlainClient.whenOpen(target.socketPath).use { client ->
                        client.greeted().eval("order.item()") shouldBe "cup\n"
                        client.eval("import shop.api.*") shouldBe ""
                        client.eval("listOf(Order(\"pot\"), order).map(Named::name)") shouldBe "[pot, cup]\n"
                        client.eval("secret.name()") shouldBe "secret\n"
                        client.eval("shop.internal.Secret()") shouldContain "module shop does not export shop.internal"
                        client.eval("java.util.logging.Level.INFO") shouldBe "INFO\n"
                    }
                }
            }
        }

        test("modules of the JDK that are missing are named") {
            TargetJvm(Jdk.current, "shop/shop.Main", classPath = "", jvmArguments = listOf("-p", modules, "-m")).use { target ->
                target.awaitSocket()
                PlainClient.whenOpen(target.socketPath).use { client ->
                    client.greeted().eval("1 + 1") shouldContain "which the Kotlin compiler needs: start it with --add-modules ALL-DEFAULT"
                }
            }
        }
    })

private const val MAIN = """
package shop;

import io.manhole.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Manhole.install(ManholeOptions.builder()
                .local("order", new shop.api.Order("cup"))
                .local("secret", new shop.internal.Secret())
                .build());
        while (System.in.read() >= 0) {}
    }
}
"""
