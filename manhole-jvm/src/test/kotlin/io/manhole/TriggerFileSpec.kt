package io.manhole

import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient
import io.manhole.testing.Programs
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.requireTools
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import java.nio.file.attribute.FileTime
import java.time.Instant
import kotlin.io.path.createDirectories
import kotlin.io.path.createDirectory
import kotlin.io.path.deleteIfExists
import kotlin.io.path.exists
import kotlin.io.path.writeText

/** uWSGI's way: who writes the pid of a process into a file opens that one's manhole, for one client. */
class TriggerFileSpec : ManholeSpec() {
    private val folder: Path get() = testFolder.resolve("folder")
    private val file: Path get() = folder.resolve("trigger")
    private val pid = ProcessHandle.current().pid()

    private fun watching(): Manhole = install { triggerFile(file) }.also { awaitThat { watchers().isNotEmpty() } }

    private fun watchers() = Thread.getAllStackTraces().keys.filter { it.name == "manhole-trigger" }

    /** One client, which is answered; then the socket is gone, and the manhole dormant. */
    private fun visit() {
        PlainClient.whenOpen(socket).use { it.greeted().eval("alive") shouldBe "alive\n" }
        awaitThat { !socket.exists() && Thread.getAllStackTraces().keys.none { it.name == "manhole-oneshot" } }
    }

    /** Writes what is ignored and then what is not: when the second has opened it, the first was seen and did not. */
    private fun ignored(write: () -> Unit) {
        val openings = events.lines.count { it == "listening" }
        write()
        file.writeText("$pid\n")
        visit()
        events.lines.count { it == "listening" } shouldBe openings + 1
    }

    init {
        test("uWSGI recipe: the pid in the file opens the manhole for one client, again and again") {
            folder.createDirectory()
            watching()
            repeat(3) {
                file.writeText("$pid")
                visit()
            }
        }

        test("a shell's echo PID > FILE, in place") {
            folder.createDirectory()
            file.writeText("")
            watching()
            repeat(3) {
                Programs.run("sh", "-c", "echo $pid > $file").status shouldBe 0
                visit()
            }
        }

        test("an atomic rename onto the file") {
            folder.createDirectory()
            file.writeText("1")
            watching()
            repeat(3) {
                val draft = folder.resolve("draft").apply { writeText("$pid\n") }
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE)
                visit()
            }
        }

        test("a folder that comes later, several levels of it") {
            val deep = testFolder.resolve("a/b/c/trigger")
            install { triggerFile(deep) }
            deep.parent.createDirectories()
            deep.writeText("$pid")
            visit()
        }

        test("a folder that is deleted and made anew") {
            folder.createDirectory()
            watching()
            repeat(3) {
                file.writeText("$pid")
                visit()
                folder.toFile().deleteRecursively()
                folder.createDirectory()
            }
            file.writeText("$pid")
            visit()
        }

        test("a folder that is moved away and put back") {
            folder.createDirectory()
            watching()
            Files.move(folder, testFolder.resolve("elsewhere"))
            testFolder.resolve("elsewhere/trigger").writeText("$pid")
            Files.move(testFolder.resolve("elsewhere"), folder)
            visit()
        }

        test("a pid that was written between the start of the process and the installation") {
            folder.createDirectory()
            file.writeText("$pid")
            watching()
            visit()
        }

        test("a pid left from before this process started opens nothing, until it is written again") {
            folder.createDirectory()
            file.writeText("$pid")
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(86400)))
            watching()
            ignored { }
        }

        test("the pid of another process opens nothing") {
            folder.createDirectory()
            watching()
            ignored { file.writeText("${pid + 1}") }
            ignored { file.writeText("1$pid") }
        }

        test("garbage is ignored with one log line, however often it is written") {
            folder.createDirectory()
            watching()
            for (garbage in listOf("restart please", "$pid $pid", "-$pid", "\u0000".repeat(100_000), "٣")) {
                events.clear()
                file.writeText(garbage)
                events.awaitLine("the trigger file $file holds something else than a process id, which is ignored")
                file.writeText("$garbage again")
                file.deleteIfExists()
                ignored { file.writeText("") }
                events.lines.filter { it.startsWith("warning") } shouldHaveSize 1
            }
        }

        test("what is no regular file is not opened: a folder, a pipe nobody writes to").config(
            enabledOrReasonIf = requireTools("mkfifo"),
        ) {
            folder.createDirectory()
            watching()
            file.createDirectory()
            events.awaitLine("is no regular file")
            Files.delete(file)
            Programs.run("mkfifo", "$file").status shouldBe 0
            Files.delete(file)
            ignored { }
        }

        test("a busy folder costs a few looks, and the trigger still works") {
            folder.createDirectory()
            watching()
            repeat(2_000) { folder.resolve("noise-${it % 7}").writeText("$it") }
            file.writeText("$pid")
            visit()
        }

        test("writing it again while the client is awaited opens nothing twice") {
            folder.createDirectory()
            watching()
            file.writeText("$pid\n")
            awaitThat { socket.exists() }
            file.writeText("other\n")
            events.awaitLine("holds something else") // so the thread has looked at all that was written
            file.writeText("$pid\n")
            file.deleteIfExists()
            file.writeText("other again\n")
            events.lines.count { it == "listening" } shouldBe 1
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("close ends the watching") {
            folder.createDirectory()
            val manhole = watching()
            manhole.close()
            watchers() shouldBe emptyList()
            file.writeText("$pid")
            socket.exists() shouldBe false
        }

        for (jdk in Jdk.all) {
            test("$jdk: of several processes that watch one file only the named one opens") {
                val targets =
                    List(3) {
                        closing(TargetJvm(jdk, Target::class.java.name, arguments = listOf("triggerFile=$file"))).also {
                            it.awaitLine("installed")
                        }
                    }
                folder.createDirectory()
                for (target in targets + targets) {
                    file.writeText("${target.pid}\n")
                    PlainClient.whenOpen(target.socketPath).use { client ->
                        client.greeted().eval("help()")
                        targets.filter { it.socketPath.exists() } shouldBe emptyList()
                    }
                }
            }
        }
    }
}
