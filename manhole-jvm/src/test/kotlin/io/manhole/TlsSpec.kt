package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.throwables.shouldThrowAny
import io.kotest.core.spec.Spec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldStartWith
import io.manhole.nrepl.BencodeReader
import io.manhole.nrepl.BencodeWriter
import io.manhole.testing.FakeRepl
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient
import io.manhole.testing.Programs
import io.manhole.testing.awaitThat
import io.manhole.testing.requireTools
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Socket
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.security.KeyStore
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLSocket
import javax.net.ssl.TrustManagerFactory
import kotlin.concurrent.thread
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.writeText

class TlsSpec : ManholeSpec() {
    private val stores: Path = Files.createTempDirectory("manhole-stores")
    private val password = "secret".toCharArray()
    private val anywhere = InetSocketAddress("0.0.0.0", 0)

    private fun keytool(vararg arguments: String) {
        val ended = Programs.run(Jdk.current.home.resolve("bin/keytool").toString(), *arguments, "-storepass", "secret")
        check(ended.status == 0) { ended.out + ended.err }
    }

    /** A key of its own, as a PKCS12 store, and the certificate beside it. */
    private fun identity(name: String, vararg more: String) {
        keytool("-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=$name,O=test", "-keystore", file("$name.p12"), *more)
        keytool("-exportcert", "-rfc", "-alias", name, "-keystore", file("$name.p12"), "-file", file("$name.pem"))
        Files.setPosixFilePermissions(Path.of(file("$name.p12")), PosixFilePermissions.fromString("rw-------"))
    }

    private fun trust(store: String, vararg names: String) =
        names.forEach { keytool("-importcert", "-noprompt", "-alias", it, "-file", file("$it.pem"), "-keystore", file("$store.p12")) }

    private fun file(name: String) = "${stores.resolve(name)}"

    private fun path(name: String) = stores.resolve("$name.p12")

    override suspend fun beforeSpec(spec: Spec) {
        identity("server")
        identity("alice")
        identity("mallory")
        identity("ancient", "-startdate", "-10d", "-validity", "5")
        // One whom an authority has signed, and who has expired.
        identity("authority", "-ext", "bc=ca:true")
        for ((name, start) in listOf("bob" to "-1d", "former" to "-300d")) {
            identity(name)
            keytool("-certreq", "-alias", name, "-keystore", file("$name.p12"), "-file", file("$name.csr"))
            keytool(
                "-gencert",
                "-alias",
                "authority",
                "-keystore",
                file("authority.p12"),
                "-rfc",
                "-startdate",
                start,
                "-validity",
                "90",
                "-infile",
                file("$name.csr"),
                "-outfile",
                file("$name.pem"),
            )
            keytool("-importcert", "-noprompt", "-alias", "authority", "-file", file("authority.pem"), "-keystore", file("$name.p12"))
            keytool("-importcert", "-noprompt", "-alias", name, "-file", file("$name.pem"), "-keystore", file("$name.p12"))
        }
        trust("clients", "alice", "ancient", "authority")
        trust("servers", "server")
        listOf("clients", "servers").forEach { Files.setPosixFilePermissions(path(it), PosixFilePermissions.fromString("rw-------")) }
    }

    override suspend fun afterSpec(spec: Spec) {
        stores.toFile().deleteRecursively()
    }

    private fun listen(configure: ManholeOptions.Builder.() -> Unit = {}): InetSocketAddress {
        val bound =
            install {
                bindAddress(anywhere)
                keyStore(path("server"), password)
                trustStore(path("clients"), password)
                configure()
            }.address()!!
        return InetSocketAddress(InetAddress.getLoopbackAddress(), bound.port)
    }

    private fun sslContext(client: String?): SSLContext {
        val trusted = TrustManagerFactory.getInstance("PKIX")
        trusted.init(KeyStore.getInstance(path("servers").toFile(), password))
        val keys = KeyManagerFactory.getInstance("PKIX")
        client?.let { keys.init(KeyStore.getInstance(path(it).toFile(), password), password) }
        return SSLContext.getInstance("TLS").apply {
            init(if (client == null) null else keys.keyManagers, trusted.trustManagers, null)
        }
    }

    private fun connect(address: InetSocketAddress, client: String?, vararg protocols: String): TlsClient {
        val socket = sslContext(client).socketFactory.createSocket(address.address, address.port) as SSLSocket
        if (protocols.isNotEmpty()) socket.enabledProtocols = arrayOf(*protocols)
        return closing(TlsClient(socket))
    }

    /** What a client gets who is not let in; fails if it is let in. */
    private fun refused(address: InetSocketAddress, client: String?, vararg protocols: String) {
        shouldThrowAny {
            val socket = connect(address, client, *protocols)
            socket.send("x\n")
            check(socket.readUntil(">>> ") == "") { "let in" }
        }
    }

    private class TlsClient(val socket: SSLSocket) : AutoCloseable {
        init {
            socket.soTimeout = 30_000
        }

        fun send(text: String) = socket.outputStream.write(text.toByteArray())

        fun readUntil(text: String): String {
            val read = StringBuilder()
            while (!read.endsWith(text)) {
                val byte = socket.inputStream.read()
                check(byte >= 0) { "the stream ended: $read" }
                read.append(byte.toChar())
            }
            return "$read"
        }

        fun greeted() = apply { readUntil(PlainClient.PROMPT) }

        fun eval(line: String): String {
            send("$line\n")
            return readUntil(PlainClient.PROMPT).removeSuffix(PlainClient.PROMPT)
        }

        fun readToEnd() = String(socket.inputStream.readBytes())

        /** For so long as its time limit for reading, the JDK's close waits for our own. */
        override fun close() {
            if (!socket.isClosed) runCatching { socket.soTimeout = 1 } // the server may have closed it
            socket.close()
        }
    }

    private fun descriptors() =
        Path.of("/proc/self/fd").listDirectoryEntries().mapNotNull { fd ->
            runCatching { Files.readSymbolicLink(fd).toString() }.getOrNull()
        }

    init {
        for (protocol in listOf("TLSv1.3", "TLSv1.2")) {
            context(protocol) {
                test("a client with a certificate that is trusted has a prompt, and is named") {
                    val client = connect(listen(), "alice", protocol).greeted()
                    client.eval("hello") shouldBe "hello\n"
                    client.socket.session.protocol shouldBe protocol
                    events.awaitLine("accepted 1 certificate CN=alice,O=test")
                }

                test("one that an authority has signed, too") {
                    connect(listen(), "bob", protocol).greeted().eval("hello") shouldBe "hello\n"
                    events.awaitLine("accepted 1 certificate CN=bob,O=test")
                }

                for ((who, name) in listOf(
                    "without a certificate" to null,
                    "with one that nobody trusts" to "mallory",
                    "with one that is trusted and has expired" to "ancient",
                    "with one that was signed and has expired" to "former",
                )) {
                    test("a client $who is refused, before it reaches the dialect") {
                        val address = listen()
                        refused(address, name, protocol)
                        events.awaitLine("rejected pid ?, uid ?, gid ?")
                        events.lines.none { it.startsWith("accepted") || it.startsWith("failed") } shouldBe true
                    }
                }

                test("long lines and long answers, both at a time") {
                    val client = connect(listen(), "alice", protocol).greeted()
                    val text = "y".repeat(60_000)
                    val sender = thread { repeat(50) { client.send("$text\n") } }
                    repeat(50) { client.readUntil(">>> ") shouldBe "$text\n>>> " }
                    sender.join(30_000)
                }

                test("an evaluation is interrupted by Ctrl-C, and by hanging up") {
                    val interrupted = CountDownLatch(2)
                    FakeRepl.actions["wait"] = {
                        println("waiting")
                        try {
                            CountDownLatch(1).await()
                        } finally {
                            interrupted.countDown()
                        }
                    }
                    val client = connect(listen(), "alice", protocol).greeted()
                    client.send("run wait\n")
                    client.readUntil("waiting\n")
                    client.send("\u0003")
                    client.readUntil(">>> ")
                    client.send("run wait\n")
                    client.readUntil("waiting\n")
                    client.close()
                    interrupted.await(30, TimeUnit.SECONDS) shouldBe true
                    events.awaitLine("closed 1")
                }

                test("a client that does not read holds up nobody, and close does not wait for it") {
                    val address = listen()
                    FakeRepl.actions["flood"] = { repeat(100_000) { println("x".repeat(1000)) } }
                    val client = connect(address, "alice", protocol).greeted()
                    client.send("run flood\n")
                    client.readUntil("xxx")
                    connect(address, "alice", protocol).greeted().eval("alive") shouldBe "alive\n"
                }
            }
        }

        test("a half-closed client gets its answers") {
            val client = connect(listen(), "alice", "TLSv1.3").greeted()
            client.send("piped")
            client.socket.shutdownOutput()
            client.readToEnd() shouldEndWith "piped\n>>> \nnow exiting ManholeConsole...\n"
        }

        test("what came last before a connection was cut off is not evaluated") {
            val address = listen()
            val bare = Socket(address.address, address.port)
            val over = sslContext("alice").socketFactory.createSocket(bare, "localhost", address.port, false) as SSLSocket
            val client = TlsClient(over).greeted()
            client.send("cut off")
            bare.shutdownOutput() // no close_notify
            events.awaitLine("closed 1")
            bare.close()
            events.lines.none { it.startsWith("evaluated") } shouldBe true
        }

        test("nREPL over TLS") {
            val client = connect(listen(), "alice")
            client.socket.outputStream.write(BencodeWriter.write(mapOf("op" to "eval", "code" to "x")))
            BencodeReader(client.socket.inputStream, 1L shl 20).read()!!["value"] shouldBe "x"
        }

        test("on a loopback address too: the certificate decides") {
            val bound = InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
            val address = listen { bindAddress(bound) }
            connect(address, "alice").greeted().eval("x") shouldBe "x\n"
            refused(address, null)
        }

        test("a client of openssl and one of socat").config(enabledOrReasonIf = requireTools("openssl", "socat")) {
            val port = listen().port
            Programs.run(
                "openssl",
                "pkcs12",
                "-in",
                file("alice.p12"),
                "-nodes",
                "-passin",
                "pass:secret",
                "-out",
                file("alice.key"),
            )
            val openssl =
                Programs.run(
                    "openssl",
                    "s_client",
                    "-quiet",
                    "-connect",
                    "127.0.0.1:$port",
                    "-cert",
                    file("alice.key"),
                    "-CAfile",
                    file("server.pem"),
                    stdin = "over openssl\nexit()\n",
                )
            openssl.out shouldContain ">>> over openssl\n"
            val socat =
                Programs.run(
                    "socat",
                    "-t",
                    "30",
                    "-",
                    "OPENSSL:127.0.0.1:$port,cert=${file("alice.key")},cafile=${file("server.pem")},commonname=server",
                    stdin = "over socat\n",
                )
            socat.out shouldContain "over socat\n>>> "
        }

        test("a client that speaks no TLS gets one line that says so") {
            val client = closing(PlainClient(listen()))
            client.send("run harm\n")
            client.readToEnd() shouldBe "manhole: refused: only TLS is spoken here, and a client certificate is wanted\n"
            events.awaitLine("rejected pid ?, uid ?, gid ? /127.0.0.1:")
        }

        test("a browser whose user has a certificate is refused all the same").config(enabledOrReasonIf = requireTools("curl", "openssl")) {
            val client = connect(listen(), "alice")
            client.send("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nrun harm\n")
            client.readToEnd() shouldEndWith "manhole: refused: this is a request of HTTP, which is not spoken here\n"
            events.awaitLine("rejected certificate CN=alice,O=test")
            events.lines.none { it.startsWith("evaluated") } shouldBe true
        }

        test("silent clients cost no thread, keep nobody out, and are dropped") {
            val address = listen()
            val threads = Thread.getAllStackTraces().size
            val silent = List(40) { closing(Socket(address.address, address.port)) }
            connect(address, "alice").greeted().eval("x") shouldBe "x\n"
            (Thread.getAllStackTraces().size - threads <= 6) shouldBe true
            silent.forEach { it.soTimeout = 30_000 }
            silent.first().getInputStream().read() shouldBe -1
            silent.last().getInputStream().read() shouldBe -1 // the time limit
            events.awaitLine("too many clients were waiting for their TLS handshake to end")
            events.awaitLine("the TLS handshake took too long")
        }

        test("clients that come and go, or stay in their handshake, leave no descriptor behind") {
            fun round() {
                val address = listen { strict(false) }
                val silent = List(5) { Socket(address.address, address.port) }
                refused(address, null)
                connect(address, "alice").use { it.greeted().eval("x") }
                Manhole.install(ManholeOptions.builder().socketPath(socket).strict(false).verbose(false).build()).close()
                silent.forEach { it.close() }
            }
            repeat(3) { round() }
            val before = descriptors()
            repeat(5) { round() }
            awaitThat({ "$before before, ${descriptors()} now" }) { descriptors().size <= before.size + 3 }
        }

        test("a oneshot is not used up by a client that is refused") {
            val manhole =
                install {
                    thread(false)
                    bindAddress(anywhere)
                    keyStore(path("server"), password)
                    trustStore(path("clients"), password)
                }
            val serving = thread { manhole.handleOneshot() }
            awaitThat { manhole.address() != null }
            val address = InetSocketAddress(InetAddress.getLoopbackAddress(), manhole.address()!!.port)
            refused(address, "mallory")
            connect(address, "alice").use { it.greeted().eval("x") shouldBe "x\n" }
            serving.join(30_000)
            serving.isAlive shouldBe false
        }

        context("stores that will not do fail the install, whether it opens at once or later") {
            fun failing(keys: Path = path("server"), trusted: Path = path("clients"), password: CharArray = this@TlsSpec.password): String {
                val messages =
                    listOf(true, false).map { atOnce ->
                        shouldThrow<IOException> {
                            install {
                                thread(atOnce)
                                bindAddress(anywhere)
                                keyStore(keys, password)
                                trustStore(trusted, this@TlsSpec.password)
                            }
                        }.message!!
                    }
                socket.exists() shouldBe false
                messages.distinct() shouldHaveSize 1
                return messages.first()
            }

            test("a missing file") {
                failing(keys = path("none")) shouldBe "the keyStore ${path("none")} does not exist"
                failing(trusted = path("none")) shouldBe "the trustStore ${path("none")} does not exist"
            }

            test("a wrong password") {
                failing(password = "wrong".toCharArray()) shouldBe "the password for the keyStore ${path("server")} is wrong"
            }

            test("no private key") {
                failing(keys = path("servers")) shouldStartWith "the keyStore ${path("servers")} holds no private key"
            }

            test("no trusted certificate") {
                failing(trusted = path("alice")) shouldStartWith
                    "the trustStore ${path("alice")} holds no certificate that is marked as trusted"
            }

            test("no key store at all") {
                val text = Files.writeString(testFolder.resolve("text"), "text")
                failing(keys = text) shouldMatch Regex("the keyStore $text (is neither a PKCS12 nor a JKS key store|cannot be read: .*)")
            }

            test("a trust store that everybody may write") {
                val store = Files.copy(path("clients"), testFolder.resolve("open.p12"))
                Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-rw-rw-"))
                failing(trusted = store) shouldStartWith "everybody on this machine may write the trustStore $store"
            }

            test("the list of public authorities") {
                failing(trusted = Path.of(System.getProperty("java.home"), "lib/security/cacerts")) shouldContain
                    "is Java's list of public authorities"
            }
        }

        test("a key store that everybody may read is warned of") {
            val store = Files.copy(path("server"), testFolder.resolve("readable.p12"))
            Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-r--r--"))
            listen { keyStore(store, password) }
            events.awaitLine("warning everybody on this machine may read the keyStore $store")
        }

        test("one store without the other, and stores without an address, contradict each other") {
            for (options in listOf(
                ManholeOptions.builder().bindAddress(anywhere).keyStore(path("server"), password),
                ManholeOptions.builder().bindAddress(anywhere).trustStore(path("server"), password),
                ManholeOptions.builder().keyStore(path("server"), password).trustStore(path("clients"), password),
            )) {
                shouldThrow<ConfigurationConflictException> { options.build() }
            }
        }

        test("the options as text take the passwords from files") {
            val secret = testFolder.resolve("password").apply { writeText("secret\n") }
            val text =
                "bindAddress=127.0.0.1:0,keyStore=${path("server")},keyStorePasswordFile=$secret," +
                    "trustStore=${path("clients")},trustStorePasswordFile=$secret"
            val manhole = install { parse(text) }
            connect(manhole.address()!!, "alice").greeted().eval("x") shouldBe "x\n"
            shouldThrow<IllegalArgumentException> { ManholeOptions.builder().parse("keyStorePasswordFile=/no/such/file") }.message shouldBe
                "keyStorePasswordFile=/no/such/file: there is no such file"
        }
    }
}
