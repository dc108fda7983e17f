package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.manhole.testing.FakeRepl
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient
import io.manhole.testing.awaitThat
import sun.misc.Signal
import sun.misc.SignalHandler
import java.io.StringWriter
import java.lang.management.ManagementFactory
import java.lang.ref.WeakReference
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries

class LifecycleSpec : ManholeSpec() {
    init {
        test("a second install fails, and the first goes on") {
            install()
            shouldThrow<AlreadyInstalledException> { Manhole.install() }.message shouldContain "already installed at $socket"
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("a second install with strict(false) replaces the first, whose clients are disconnected") {
            install()
            val client = connect().greeted()
            install { strict(false) }
            client.readToEnd()
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("close undoes all of it, may be called twice, and another install follows") {
            val manhole = install()
            val client = connect().greeted()
            manhole.close()
            manhole.close()
            client.readToEnd()
            socket.exists() shouldBe false
            install()
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("evaluated code may close the manhole that serves it") {
            val manhole = install()
            FakeRepl.actions["close"] = { manhole.close() }
            val client = connect().greeted()
            client.send("run close\n")
            client.readToEnd()
            awaitThat { !socket.exists() }
        }

        test("200 rounds of install, client and close, or of replacing, leave no thread, descriptor, handler, file, stream or loader") {
            fun descriptors() =
                Path.of("/proc/self/fd").listDirectoryEntries().mapNotNull { fd ->
                    runCatching { Files.readSymbolicLink(fd).toString() }.getOrNull()
                }

            fun loaders() = ManagementFactory.getClassLoadingMXBean().loadedClassCount
            val threads = ManagementFactory.getThreadMXBean()
            val handler = Signal.handle(Signal("URG"), SignalHandler.SIG_IGN)
            val (out, err, input) = Triple(System.out, System.err, System.`in`)
            val manholes = ArrayList<WeakReference<Manhole>>()

            fun round(number: Int) {
                val options =
                    ManholeOptions
                        .builder()
                        .socketPath(socket)
                        .verbose(false)
                        .strict(false)
                        .triggerFile(testFolder.resolve("trigger"))
                        .activateOn("URG")
                        .build()
                val manhole = Manhole.install(options) // every second one replaces the one before
                manholes += WeakReference(manhole)
                manhole.start()
                PlainClient(socket).use { it.greeted().eval("x") }
                if (number % 2 == 1) manhole.close()
            }
            repeat(10) { round(it) } // class loading opens files that stay
            val before = descriptors()
            val threadsBefore = threads.threadCount
            val classesBefore = loaders()
            repeat(200) { round(it) }
            awaitThat({ "$before before, ${descriptors()} now" }) { descriptors().size <= before.size + 2 }
            awaitThat({ "$threadsBefore threads before, ${threads.threadCount} now" }) { threads.threadCount <= threadsBefore + 2 }
            awaitThat({ "$classesBefore classes before, ${loaders()} now" }) { loaders() <= classesBefore + 50 }
            Triple(System.out, System.err, System.`in`) shouldBe Triple(out, err, input)
            socket.exists() shouldBe false
            Signal.handle(Signal("URG"), handler) shouldBe SignalHandler.SIG_IGN
            awaitThat({ "${manholes.count { it.get() != null }} manholes are still reachable" }) {
                System.gc()
                manholes.count { it.get() != null } <= 1
            }
        }

        test("the events of a connection are told in their order") {
            install().use {
                val client = connect().greeted()
                client.eval("x")
                client.close()
                events.awaitLine("closed 1")
            }
            events.lines.map { it.substringBefore(" pid") } shouldContainExactly
                listOf("listening", "accepted 1", "evaluated 1 x: value", "closed 1", "stopped")
        }

        test("a listener that throws disturbs nobody") {
            val throwing =
                object : ManholeListener {
                    override fun accepted(connection: Long, peer: PeerCredentials): Unit = throw IllegalStateException("listener")
                }
            install { listener(throwing) }
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("the verbose log has lines that name the process and the time") {
            val log = StringWriter()
            install {
                verbose(true)
                verboseDestination(log)
            }
            log.toString() shouldMatch Regex("""Manhole\[\d+:\d{4}-\d\d-\d\dT[\d:.]+Z]: listening at $socket\R""")
        }

        test("a handler of the application's own has the streams and the credentials to itself") {
            install {
                connectionHandler { connection ->
                    val name = connection.input().bufferedReader().readLine()
                    connection.output().write("hello $name from ${connection.credentials().uid()}".toByteArray())
                }
            }
            val client = connect()
            client.send("you\n")
            client.readToEnd() shouldBe "hello you from ${ProcessUser.current().uid()}"
        }

        test("a handler that throws ends its connection, and is told to the listener") {
            install { connectionHandler { throw IllegalStateException("handler") } }
            connect().readToEnd() shouldBe ""
            events.awaitLine("failed connection 1: java.lang.IllegalStateException: handler")
        }

        test("the EXEC handler runs each line, answers nothing, and logs the lines") {
            val ran = CountDownLatch(1)
            FakeRepl.actions["it"] = { ran.countDown() }
            val log = StringWriter()
            install {
                connectionHandler(ConnectionHandler.EXEC)
                verbose(true)
                verboseDestination(log)
            }
            val client = connect()
            client.send("run it\nexit()\n")
            client.readToEnd() shouldBe ""
            ran.await(30, TimeUnit.SECONDS) shouldBe true
            log.toString() shouldContain "connection 1 ran: run it (no value)"
        }

        test("names that nothing could refer to are refused") {
            shouldThrow<IllegalArgumentException> { ManholeOptions.builder().local("no name", 1) }
            shouldThrow<IllegalArgumentException> { ManholeOptions.builder().local("", 1) }
        }

        test("the default socket is /tmp/manhole-<pid>") {
            closing(Manhole.install(ManholeOptions.builder().verbose(false).build())).use {
                it.socketPath() shouldBe Path.of("/tmp/manhole-${ProcessHandle.current().pid()}")
                Files.exists(it.socketPath()) shouldBe true
            }
        }
    }
}
