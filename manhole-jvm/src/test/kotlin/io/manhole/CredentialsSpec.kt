package io.manhole

import io.kotest.core.test.Enabled
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.testing.ManholeSpec
import io.manhole.testing.Programs
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions

class CredentialsSpec : ManholeSpec() {
    private fun peer(uid: Long) = PeerCredentials(1, uid, listOf(uid))

    init {
        test("the process's own user and root may connect, and nobody else") {
            val user = ProcessUser(1000, 65534)
            user.objection(peer(1000)).shouldBeNull()
            user.objection(peer(0)).shouldBeNull()
            user.objection(peer(1001)) shouldBe "you are uid 1001; only uid 1000 and root may connect"
        }

        test("a user that is not known is nobody's friend") {
            ProcessUser(1000, 65534).objection(peer(-1)) shouldBe
                "your user is not known here; only uid 1000 and root may connect"
        }

        test("the overflow id is refused even where the process itself runs under it, for it stands for many users") {
            ProcessUser(65534, 65534).objection(peer(65534)) shouldBe
                "your user has no id of its own here (uid 65534 stands for all such users); only root may connect"
        }

        test("the listener is told the client's pid, uid and group") {
            install()
            connect().greeted()
            val process = ProcessHandle.current().pid()
            events.awaitLine("accepted 1 pid $process, uid ${ProcessUser.current().uid()}, gid ")
        }

        test("a client of another user gets one line that says why, and the end of the file")
            .config(
                enabledOrReasonIf = {
                    val lacking = Programs.lacking("setpriv", "nc") ?: if (Programs.isRoot) null else "only root can be another user"
                    if (lacking == null) Enabled.enabled else Enabled.disabled(lacking)
                },
            ) {
                install()
                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"))
                Files.setPosixFilePermissions(testFolder, PosixFilePermissions.fromString("rwxr-xr-x"))
                val stranger = Programs.run("setpriv", "--reuid=12345", "--clear-groups", "nc", "-NU", "$socket", stdin = "1+1\n")
                stranger.out shouldBe "manhole: refused: you are uid 12345; only root may connect\n"
                events.awaitLine("rejected pid ")
                connect().greeted().eval("x") shouldContain "x"
            }
    }
}
