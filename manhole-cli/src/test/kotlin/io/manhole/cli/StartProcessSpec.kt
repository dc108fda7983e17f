package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.longs.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.manhole.testing.Ended
import io.manhole.testing.Jdk
import io.manhole.testing.requireTools
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.createDirectory
import kotlin.io.path.exists
import kotlin.io.path.fileSize
import kotlin.io.path.getPosixFilePermissions
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readBytes
import kotlin.io.path.writeText

/** The archive of class data that makes the next start faster, and what it must not do. */
class StartProcessSpec :
    FunSpec({
        lateinit var folder: Path
        lateinit var server: ScriptedServer
        beforeEach {
            folder = Cli.publicFolder()
            server = ScriptedServer(folder.resolve("socket"))
        }
        afterEach { server.close() }

        fun cache() = folder.resolve("cache")

        fun archives() = cache().resolve("manhole").let { if (it.exists()) it.listDirectoryEntries("*.jsa") else emptyList() }

        fun evaluate(jdk: Jdk) = Cli.run(jdk, "${server.path}", "-e", "1+1", environment = mapOf("XDG_CACHE_HOME" to "${cache()}"))

        Jdk.all.forEach { jdk ->
            context("$jdk:") {
                test("the first start leaves an archive for the next one, where only its user can look") {
                    evaluate(jdk) shouldBe Ended(0, "2\n", "")
                    val archive = archives().single()
                    PosixFilePermissions.toString(archive.parent.getPosixFilePermissions()) shouldBe "rwx------"
                    val bytes = archive.readBytes().size
                    evaluate(jdk) shouldBe Ended(0, "2\n", "")
                    archives() shouldBe listOf(archive)
                    archive.readBytes().size shouldBe bytes
                }

                test("a prompt, which needs more, has one of its own").config(enabledOrReasonIf = requireTools("tmux")) {
                    evaluate(jdk)
                    val batch = archives().single()
                    val environment =
                        mapOf("JAVA_HOME" to "${jdk.home}", "XDG_CACHE_HOME" to "${cache()}", "XDG_STATE_HOME" to "$folder/state")
                    TmuxTerminal(folder, environment, "${Cli.executable}", "${server.path}", "-q").use {
                        it.expect(">>>")
                        it.press("C-d")
                        it.expect("STATUS=0")
                    }
                    val prompt = archives().single { it != batch }
                    prompt.fileSize() shouldBeGreaterThan batch.fileSize()
                }

                test("a damaged one is left aside without a word") {
                    evaluate(jdk)
                    val archive = archives().single()
                    Files.delete(archive)
                    archive.writeText("no archive\n".repeat(1000))
                    evaluate(jdk) shouldBe Ended(0, "2\n", "")
                }

                test("where there is no place for it, there is none") {
                    cache().writeText("a file")
                    evaluate(jdk) shouldBe Ended(0, "2\n", "")
                    Cli.run(jdk, "${server.path}", "-e", "1+1", environment = mapOf("XDG_CACHE_HOME" to "relative")) shouldBe
                        Ended(0, "2\n", "")
                }

                test("a link, or a folder of somebody else's, is not used, as root neither") {
                    val elsewhere = folder.resolve("elsewhere").createDirectory()
                    Files.createSymbolicLink(cache(), elsewhere)
                    evaluate(jdk) shouldBe Ended(0, "2\n", "")
                    elsewhere.listDirectoryEntries().shouldBeEmpty()
                    Files.delete(cache())
                    cache().createDirectory()
                    if (TargetProcess.self().user().isRoot) Files.setAttribute(cache(), "unix:uid", 12345)
                    evaluate(jdk) shouldBe Ended(0, "2\n", "")
                    archives() shouldHaveSize if (TargetProcess.self().user().isRoot) 0 else 1
                }
            }
        }
    })
