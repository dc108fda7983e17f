package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.testing.ManholeSpec
import io.manhole.testing.Programs
import io.manhole.testing.awaitThat
import java.io.IOException
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.channels.ServerSocketChannel
import java.nio.file.Files
import java.nio.file.LinkOption
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.createDirectory
import kotlin.io.path.createSymbolicLinkPointingTo
import kotlin.io.path.exists
import kotlin.io.path.readText
import kotlin.io.path.writeText

class SocketFileSpec : ManholeSpec() {
    private fun refusal(configure: ManholeOptions.Builder.() -> Unit = {}): String =
        shouldThrow<IOException> { install(configure) }.message.orEmpty()

    private fun listenAt() = ServerSocketChannel.open(StandardProtocolFamily.UNIX).also { it.bind(UnixDomainSocketAddress.of(socket)) }

    init {
        test("the socket is in place, readable by its owner alone, when install returns") {
            install()
            PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)) shouldBe "rw-------"
        }

        test("a path beyond the system's limit is refused with both lengths") {
            val message = refusal { socketPath(testFolder.resolve("x".repeat(200))) }
            message shouldContain "bytes long, the system's limit is 106"
        }

        test("a missing folder is refused") {
            refusal { socketPath(testFolder.resolve("none/manhole.sock")) } shouldContain "the folder of the socket does not exist"
        }

        test("a folder in which everybody may replace files is refused") {
            val open = testFolder.resolve("open").createDirectory()
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"))
            refusal { socketPath(open.resolve("manhole.sock")) } shouldContain "everybody may replace files in"
        }

        test("a regular file at the path is refused and left as it is") {
            socket.writeText("precious")
            refusal() shouldContain "is no socket; it was left alone"
            socket.readText() shouldBe "precious"
            Files.delete(socket)
        }

        test("a symbolic link at the path is refused and left, and so is what it points to") {
            val target = testFolder.resolve("target")
            target.writeText("precious")
            socket.createSymbolicLinkPointingTo(target)
            refusal() shouldContain "is no socket; it was left alone"
            Files.isSymbolicLink(socket) shouldBe true
            target.readText() shouldBe "precious"
            Files.delete(socket)
        }

        test("a live socket is refused and goes on living") {
            listenAt().use { live ->
                refusal() shouldContain "is a live socket"
                connect().close()
                live.accept().close()
            }
            Files.delete(socket)
        }

        test("a dead socket of ours is replaced") {
            listenAt().close()
            socket.exists(LinkOption.NOFOLLOW_LINKS) shouldBe true
            install()
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("somebody else's socket, dead as it is, is refused and left alone")
            .config(enabledOrReasonIf = { rootOnly() }) {
                listenAt().close()
                Files.setAttribute(socket, "unix:uid", 12345)
                refusal() shouldContain "is a socket of the user with uid 12345, not ours"
                socket.exists(LinkOption.NOFOLLOW_LINKS) shouldBe true
                Files.delete(socket)
            }

        test("a socket file that a cleaner removed is put back") {
            install()
            Files.delete(socket)
            awaitThat({ "not put back" }) { socket.exists(LinkOption.NOFOLLOW_LINKS) }
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("what somebody else put in the socket's place is left there by close") {
            val manhole = install()
            Files.delete(socket)
            socket.writeText("precious")
            manhole.close()
            socket.readText() shouldBe "precious"
            Files.delete(socket)
        }
    }

    private fun rootOnly() =
        if (Programs.isRoot) {
            io.kotest.core.test.Enabled.enabled
        } else {
            io.kotest.core.test.Enabled.disabled("only root can give a socket to another user")
        }
}
