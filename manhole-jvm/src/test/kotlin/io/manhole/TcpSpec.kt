package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.test.Enabled
import io.kotest.core.test.EnabledOrReasonIf
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.collections.shouldNotContain
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.FakeRepl
import io.manhole.testing.ManholeSpec
import io.manhole.testing.NreplClient
import io.manhole.testing.PlainClient
import io.manhole.testing.Programs
import io.manhole.testing.awaitThat
import io.manhole.testing.inBackground
import io.manhole.testing.requireTools
import io.manhole.testing.text
import java.io.IOException
import java.net.Inet4Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.NetworkInterface
import java.net.ServerSocket
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries

class TcpSpec : ManholeSpec() {
    private val loopback = InetAddress.getByName("127.0.0.1")
    private val ownUid = ProcessUser.current().uid()

    private fun listen(configure: ManholeOptions.Builder.() -> Unit = {}): InetSocketAddress =
        install {
            bindAddress(InetSocketAddress(loopback, 0))
            configure()
        }.address().shouldNotBeNull()

    private fun connect(address: InetSocketAddress) = closing(PlainClient(address))

    private val asAnotherUser: EnabledOrReasonIf = { test ->
        if (Programs.isRoot) {
            requireTools("setpriv", "nc", "socat")(test)
        } else {
            println("SKIPPED: only root can be another user")
            Enabled.disabled("only root can be another user")
        }
    }

    private fun stranger(vararg command: String, stdin: String = "1+1\n") =
        Programs.run("setpriv", "--reuid=12345", "--clear-groups", *command, stdin = stdin)

    private fun descriptors() =
        Path.of("/proc/self/fd").listDirectoryEntries().mapNotNull { fd ->
            runCatching { Files.readSymbolicLink(fd).toString() }.getOrNull()
        }

    init {
        test("unix socket and TCP together, port 0 allowed") {
            val address = listen()
            address.address.isLoopbackAddress shouldBe true
            address.port shouldNotBe 0
            connect(address).greeted().eval("over TCP") shouldBe "over TCP\n"
            connect().greeted().eval("over the unix socket") shouldBe "over the unix socket\n"
            events.lines.filter { it == "listening" } shouldHaveSize 2
        }

        test("without bindAddress there is no TCP") {
            install().address().shouldBeNull()
        }

        test("the port is free again after close, and address() is null") {
            val manhole = install { bindAddress(InetSocketAddress(loopback, 0)) }
            val address = manhole.address().shouldNotBeNull()
            connect(address).greeted()
            manhole.close()
            manhole.address().shouldBeNull()
            ServerSocket().use { it.apply { reuseAddress = true }.bind(address) }
        }

        test("a port that is taken fails the install, and leaves no socket behind") {
            ServerSocket(0, 1, loopback).use { taken ->
                val address = InetSocketAddress(loopback, taken.localPort)
                shouldThrow<IOException> { install { bindAddress(address) } }.message shouldStartWith
                    "cannot listen on 127.0.0.1:${taken.localPort}: "
            }
            socket.exists() shouldBe false
            install()
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("the dialect is the one of bindDialect, whatever the unix socket speaks") {
            val manhole =
                install {
                    dialect(Dialect.PLAIN)
                    bindAddress(InetSocketAddress(loopback, 0), Dialect.NREPL)
                }
            closing(NreplClient(manhole.address()!!)).ask("op" to "eval", "code" to "x").text("value") shouldBe "x"
            connect().greeted().eval("x") shouldBe "x\n"
        }

        test("nREPL and plain text are told apart") {
            val address = listen()
            closing(NreplClient(address)).ask("op" to "eval", "code" to "x").text("value") shouldBe "x"
            connect(address).greeted().eval("delta") shouldBe "delta\n"
        }

        test("over IPv6 as well") {
            val manhole = install { bindAddress(InetSocketAddress("::1", 0)) }
            connect(manhole.address()!!).greeted().eval("six") shouldBe "six\n"
            events.awaitLine("accepted 1 pid ?, uid $ownUid, gid ?")
        }

        test("a client that shuts its sending half first gets its answers").config(enabledOrReasonIf = requireTools("nc")) {
            val address = listen()
            repeat(5) {
                val answer = Programs.run("nc", "-N", "127.0.0.1", "${address.port}", stdin = "piped\n")
                answer.out shouldEndWith ">>> piped\n>>> \nnow exiting ManholeConsole...\n"
            }
        }

        test("socat, too").config(enabledOrReasonIf = requireTools("socat")) {
            val address = listen()
            Programs.run("socat", "-t", "30", "-", "TCP:127.0.0.1:${address.port}", stdin = "piped\n").out shouldContain "piped\n"
        }

        test("an evaluation whose client hangs up is interrupted, one whose client has half-closed goes on") {
            val address = listen()
            val interrupted = CountDownLatch(1)
            val release = CountDownLatch(1)
            val started = CountDownLatch(2)
            FakeRepl.actions["wait"] = {
                try {
                    started.countDown()
                    release.await()
                    "released"
                } catch (e: InterruptedException) {
                    interrupted.countDown()
                }
            }
            val staying = connect(address).greeted()
            staying.send("run wait\n")
            staying.endInput()
            val leaving = connect(address).greeted()
            leaving.send("run wait\n")
            started.await(30, TimeUnit.SECONDS) shouldBe true
            leaving.close()
            interrupted.await(30, TimeUnit.SECONDS) shouldBe true
            release.countDown()
            staying.readToEnd() shouldContain "released"
        }

        test("Ctrl-C, a flood of output and hanging up in the midst of it harm nobody") {
            val address = listen()
            val flood = connect(address).greeted()
            FakeRepl.actions["flood"] = {
                val line = "x".repeat(1000)
                while (!Thread.currentThread().isInterrupted) println(line)
            }
            flood.send("run flood\n")
            flood.readUntil("xxx\n")
            flood.send(byteArrayOf(3))
            flood.readUntil(PlainClient.PROMPT)
            flood.send("run flood\n")
            flood.readUntil("xxx\n")
            flood.close()
            events.awaitLine("closed 1")
            connect(address).greeted().eval("alive") shouldBe "alive\n"
        }

        test("the first client through either endpoint is the one of a oneshot") {
            val manhole =
                install {
                    thread(false)
                    bindAddress(InetSocketAddress(loopback, 0))
                }
            manhole.address().shouldBeNull()
            for (overTcp in listOf(true, false)) {
                val served = inBackground { manhole.handleOneshot() }
                awaitThat { manhole.address() != null }
                val address = manhole.address()!!
                val client = if (overTcp) connect(address) else connect()
                client.greeted().eval("one") shouldBe "one\n"
                socket.exists() shouldBe false
                shouldThrow<IOException> { PlainClient(address) }
                client.close()
                served.get(30, TimeUnit.SECONDS) shouldBe true
            }
        }

        context("who may connect over loopback") {
            test("the process's own user may, and is named") {
                connect(listen()).greeted()
                events.awaitLine("accepted 1 pid ?, uid $ownUid, gid ?")
            }

            test("another user gets one line that says why").config(enabledOrReasonIf = asAnotherUser) {
                val port = listen().port
                stranger("nc", "-N", "127.0.0.1", "$port").out shouldBe
                    "manhole: refused: you are uid 12345; only root may connect\n"
                events.awaitLine("rejected pid ?, uid 12345")
                stranger("socat", "-t", "30", "-", "TCP:127.0.0.1:$port").out shouldContain "you are uid 12345"
                stranger("socat", "-t", "30", "-", "TCP6:[::ffff:127.0.0.1]:$port").out shouldContain "you are uid 12345"
                events.lines.none { it.startsWith("accepted") || it.startsWith("evaluated") } shouldBe true
            }

            test("root and its own user may, where the process is another user's").config(enabledOrReasonIf = asAnotherUser) {
                val options = ManholeOptions.builder().bindAddress(InetSocketAddress(loopback, 0)).build()
                val user = ProcessUser(12345, 65534)
                TcpEndpoint.bind(options, options.bindAddress()!!, user, Listeners(listOf())).use { endpoint ->
                    val port = (endpoint.address() as InetSocketAddress).port
                    for ((uid, allowed) in listOf(0 to true, 12345 to true, 12346 to false)) {
                        val client =
                            ProcessBuilder("setpriv", "--reuid=$uid", "--clear-groups", "nc", "127.0.0.1", "$port").start()
                        try {
                            val accepted = endpoint.accept().shouldNotBeNull()
                            accepted.credentials().uid() shouldBe uid
                            (endpoint.objection(accepted.credentials()) == null) shouldBe allowed
                            accepted.close()
                        } finally {
                            client.destroyForcibly().waitFor(30, TimeUnit.SECONDS) shouldBe true
                        }
                    }
                }
            }

            test("one who sends and is gone before anybody looked is nobody").config(enabledOrReasonIf = asAnotherUser) {
                val port = listen().port
                FakeRepl.actions["harm"] = { error("evaluated") }
                // Unread, closed sockets are shown as root's, in one state after another.
                val script = "for i in 1 2 3 4 5 6 7 8; do echo 'run harm' > /dev/tcp/127.0.0.1/$port; done"
                stranger("bash", "-c", script)
                awaitThat({ "${events.lines}" }) { events.lines.count { it.startsWith("rejected") } >= 8 }
                events.lines.none { it.startsWith("accepted") || it.startsWith("evaluated") } shouldBe true
            }

            test("a connection that is not in the tables is nobody's") {
                val nowhere = InetSocketAddress(loopback, 1)
                TcpTable.uidOf(nowhere, InetSocketAddress(loopback, 2)) shouldBe -1
            }

            test("nor is one that does not come from a loopback address") {
                TcpTable.uidOf(InetSocketAddress("10.0.0.1", 1), InetSocketAddress(loopback, 2)) shouldBe -1
            }
        }

        context("addresses that others can reach are refused without TLS") {
            val others =
                NetworkInterface
                    .networkInterfaces()
                    .flatMap { it.inetAddresses() }
                    .filter { !it.isLoopbackAddress && it is Inet4Address }
                    .limit(1)
                    .toList()
            for (address in listOf(InetAddress.getByName("0.0.0.0"), InetAddress.getByName("::")) + others) {
                test("${if (address.isAnyLocalAddress) address.hostAddress else "this machine's own"}") {
                    for (atOnce in listOf(true, false)) {
                        val refusal =
                            shouldThrow<IllegalArgumentException> {
                                install {
                                    thread(atOnce)
                                    bindAddress(InetSocketAddress(address, 0))
                                }
                            }
                        refusal.message shouldContain "can be reached from other machines"
                        refusal.message shouldContain "set keyStore and trustStore"
                        socket.exists() shouldBe false
                    }
                }
            }
        }

        test("a host that does not exist is said to be none") {
            shouldThrow<IOException> {
                install {
                    bindAddress(
                        InetSocketAddress.createUnresolved("no.such.host", 0),
                    )
                }
            }.message shouldContain
                "there is no host of that name"
        }

        context("what a web page makes a browser send is not evaluated") {
            for (dialect in Dialect.values()) {
                test("a POST with lines of code, where $dialect is spoken") {
                    FakeRepl.actions["harm"] = { error("evaluated") }
                    val address = install { bindAddress(InetSocketAddress(loopback, 0), dialect) }.address()!!
                    for (path in listOf("/", "/" + "a".repeat(100_000))) {
                        val browser = connect(address)
                        browser.send("POST $path HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nrun harm\n")
                        if (dialect != Dialect.NREPL || path == "/") {
                            browser.readToEnd() shouldEndWith "manhole: refused: this is a request of HTTP, which is not spoken here\n"
                        } else {
                            browser.readToEnd()
                        }
                    }
                    events.awaitLine("closed 2")
                    events.lines.none { it.startsWith("evaluated") } shouldBe true
                }
            }

            test("curl").config(enabledOrReasonIf = requireTools("curl")) {
                val port = listen().port
                val curl = Programs.run("curl", "-sS", "--http0.9", "--noproxy", "*", "-d", "first\nsecond\n", "http://127.0.0.1:$port/")
                curl.out shouldBe "manhole: refused: this is a request of HTTP, which is not spoken here\n"
                Programs.run("curl", "-sSk", "--noproxy", "*", "-d", "first\nsecond\n", "https://127.0.0.1:$port/").status shouldNotBe 0
                awaitThat({ "${events.lines}" }) { events.lines.count { it.startsWith("rejected") } == 2 }
                events.lines.none { it.startsWith("evaluated") } shouldBe true
                events.awaitLine("this is a TLS handshake, and no TLS is spoken here")
            }

            test("a request in pieces, and with empty lines before it") {
                val browser = connect(listen { banner("") }).greeted()
                for (piece in listOf("\r\n", "\n", "PO", "ST /x", " HTTP/1", ".1", "\r", "\nrun harm\n")) browser.send(piece)
                browser.readToEnd() shouldEndWith "manhole: refused: this is a request of HTTP, which is not spoken here\n"
                events.lines.none { it.startsWith("evaluated") } shouldBe true
            }

            test("a request without an end") {
                val browser = connect(listen()).greeted()
                browser.send("GET / HTTP/1.0")
                browser.endInput()
                browser.readToEnd() shouldContain "manhole: refused: this is a request of HTTP"
                events.lines.none { it.startsWith("evaluated") } shouldBe true
            }

            test("the EXEC handler and one of the application's own are guarded as well") {
                val port = listen { connectionHandler(ConnectionHandler.EXEC) }.port
                connect(InetSocketAddress(loopback, port)).apply { send("POST / HTTP/1.1\n\nrun harm\n") }.readToEnd() shouldStartWith
                    "manhole: refused: "
                events.awaitLine("rejected")
                events.lines.none { it.startsWith("evaluated") } shouldBe true
            }

            test("code that resembles a request is evaluated: after the first line, or in other words") {
                val client = connect(listen()).greeted()
                client.eval("val x = HTTP") shouldBe "val x = HTTP\n"
                client.eval("GET / HTTP/1.1") shouldBe "GET / HTTP/1.1\n"
            }
        }

        test("silent clients and clients that come and go leave no thread and no descriptor behind") {
            fun round() {
                val address = listen()
                val silent = (1..5).map { PlainClient(address) }
                connect(address).use { it.greeted().eval("x") shouldBe "x\n" }
                Manhole.install(ManholeOptions.builder().socketPath(socket).strict(false).verbose(false).build()).close()
                silent.forEach { it.close() }
            }
            repeat(3) { round() }
            val before = descriptors()
            repeat(10) { round() }
            awaitThat({ "$before before, ${descriptors()} now" }) { descriptors().size <= before.size + 2 }
        }

        test("interrupting the accepting thread does not end it") {
            val address = listen()
            Thread.getAllStackTraces().keys.single { it.name == "manhole-listener-tcp" }.interrupt()
            connect(address).greeted().eval("alive") shouldBe "alive\n"
            events.lines.toList() shouldNotContain "closed 1"
        }

        test("the options as text") {
            ManholeOptions.builder().parse("bindAddress=127.0.0.1:0,bindDialect=plain").build().bindDialect() shouldBe Dialect.PLAIN
            shouldThrow<IllegalArgumentException> { ManholeOptions.builder().parse("keyStore=/k") }.message shouldNotContain "null"
        }
    }
}
