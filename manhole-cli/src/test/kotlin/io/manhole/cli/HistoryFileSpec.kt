package io.manhole.cli

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.createDirectories
import kotlin.io.path.getPosixFilePermissions
import kotlin.io.path.setPosixFilePermissions

class HistoryFileSpec :
    FunSpec({
        val self = User.ownerOf(Path.of("/proc/self"))
        val folder = Cli.publicFolder()

        test("it is in the XDG state folder; a relative one does not count") {
            HistoryFile.locate("/state", "/home/a") shouldBe Path.of("/state/manhole/history")
            listOf(null, "", "state").forEach {
                HistoryFile.locate(it, "/home/a") shouldBe Path.of("/home/a/.local/state/manhole/history")
            }
        }

        test("rights of others to an existing file are taken away, and its lines kept") {
            val file = folder.resolve("existing/history")
            file.parent.createDirectories()
            Files.writeString(file, "line\n").setPosixFilePermissions(PosixFilePermissions.fromString("rw-r--r--"))
            HistoryFile.prepare(file, self)
            PosixFilePermissions.toString(file.getPosixFilePermissions()) shouldBe "rw-------"
            Files.readString(file) shouldBe "line\n"
        }

        test("another user's folder is not written to") {
            val stranger = User.withId(self.uid + 1)
            val e = shouldThrow<IOException> { HistoryFile.prepare(folder.resolve("other/history"), stranger) }
            e.message shouldContain "belongs to"
            Files.exists(folder.resolve("other/history")) shouldBe false
        }
    })
