package io.manhole.kotlin

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import kotlin.io.path.createDirectories
import kotlin.io.path.createSymbolicLinkPointingTo
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText

class EngineCacheSpec :
    FunSpec({
        val nested = NestedJars.read()
        val small = NestedJars(nested.id(), nested.jars().filter { "manhole" in it.name() || "annotations" in it.name() })
        val scratch = tempdir().toPath()
        var count = 0

        fun folder(): Path = scratch.resolve("case${count++}").createDirectories().resolve("manhole-jvm")

        fun mode(path: Path) = PosixFilePermissions.toString(Files.getPosixFilePermissions(path))

        fun unpack(vararg folders: Path) = EngineCache.unpack(small, folders.asList())

        test("the jars lie in a folder of the owner's only, and nothing else does") {
            val folder = folder()
            val files = unpack(folder)
            mode(folder) shouldBe "rwx------"
            mode(files[0].parent) shouldBe "rwx------"
            files[0].parent.name shouldBe "kotlin-engine-${nested.id()}"
            files[0].parent.listDirectoryEntries().map { it.name } shouldContainExactlyInAnyOrder small.jars().map { it.name() }
        }

        test("what lies there already is used as it is") {
            val folder = folder()
            val before = Files.readAttributes(unpack(folder)[0], "unix:ino,lastModifiedTime")
            Files.readAttributes(unpack(folder)[0], "unix:ino,lastModifiedTime") shouldBe before
        }

        test("a damaged, a short, a missing file and a link are replaced") {
            val folder = folder()
            val files = unpack(folder)
            val intact = files.map { it.readBytes() }
            val target = files[0].resolveSibling("target").apply { writeBytes(intact[0]) }
            val damages =
                listOf<(Path) -> Unit>(
                    { it.writeBytes(it.readBytes().also { bytes -> bytes[100]++ }) },
                    { it.writeBytes(it.readBytes().copyOf(1000)) },
                    { Files.delete(it) },
                    {
                        Files.delete(it)
                        it.createSymbolicLinkPointingTo(target)
                    },
                )
            for (damage in damages) {
                damage(files[0])
                unpack(folder)[0].readBytes() shouldBe intact[0]
                Files.isSymbolicLink(files[0]) shouldBe false
            }
        }

        test("a folder that is open to others is closed") {
            val folder = folder()
            unpack(folder)
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"))
            unpack(folder)
            mode(folder) shouldBe "rwx------"
        }

        test("a symbolic link or a file in place of the folder is refused by name, and the next folder is taken") {
            val link = folder()
            link.createSymbolicLinkPointingTo(scratch)
            val file = folder().apply { writeText("precious") }
            shouldThrow<IOException> { unpack(link) }.message!! shouldContain "$link is not a folder but a symbolic link"
            shouldThrow<IOException> { unpack(link, file) }.message!! shouldContain "$file is not a folder but a file"
            val good = folder()
            unpack(link, file, good)[0].startsWith(good) shouldBe true
        }

        test("a folder of another user is refused by name").config(enabled = System.getProperty("user.name") == "root") {
            val folder = folder()
            unpack(folder)
            Files.setOwner(folder, folder.fileSystem.userPrincipalLookupService.lookupPrincipalByName("nobody"))
            shouldThrow<IOException> { unpack(folder) }.message!! shouldContain "$folder belongs to nobody, not to root"
        }

        test("any number unpack at the same time") {
            val folder = folder()
            val threads = Executors.newFixedThreadPool(8)
            try {
                val results = threads.invokeAll(List(8) { Callable { unpack(folder) } }, 60, TimeUnit.SECONDS)
                results.map { it.get() }.distinct().size shouldBe 1
            } finally {
                threads.shutdownNow()
                threads.awaitTermination(10, TimeUnit.SECONDS) shouldBe true
            }
            unpack(folder)[0].parent.listDirectoryEntries().size shouldBe small.jars().size
        }

        test("the engine is carried as jars only, each of them in the index") {
            val classes = Path.of(KotlinReplProvider::class.java.protectionDomain.codeSource.location.toURI())
            classes.resolve("io/manhole/kotlin/engine").exists() shouldBe false
            val carried = classes.resolve("META-INF/manhole/kotlin-engine").listDirectoryEntries("*.jar").map { it.name }
            carried shouldContainExactlyInAnyOrder nested.jars().map { it.name() }
            carried.find { it.startsWith("kotlin-scripting-jsr223-") } shouldNotBe null
        }
    })
