package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient
import io.manhole.testing.Programs
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.inBackground
import sun.misc.Signal
import sun.misc.SignalHandler
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.io.path.exists
import kotlin.io.path.readText

/** The ways to open a dormant manhole: signals and calls. See [TriggerFileSpec] for the third. */
class ActivationSpec : ManholeSpec() {
    private fun raise(signal: String) = check(Programs.run("kill", "-$signal", "${ProcessHandle.current().pid()}").status == 0)

    private fun threads() = Thread.getAllStackTraces().keys.map { it.name }.filter { it.startsWith("manhole-") }

    private fun target(jdk: Jdk, vararg options: String) =
        closing(
            TargetJvm(
                jdk,
                Target::class.java.name,
                jvmArguments = listOf("-Xlog:class+load:file=${testFolder.resolve("classes.log")}"),
                arguments = options.toList(),
            ),
        ).also { it.awaitLine("installed") }

    private fun visit(target: TargetJvm) = PlainClient.whenOpen(target.socketPath).use { it.greeted().eval("help()") }

    init {
        for (jdk in Jdk.all) {
            context("$jdk") {
                test("activate_on: nothing of ours runs before the signal, which opens it for good; a second one changes nothing") {
                    val target = target(jdk, "activateOn=USR1")
                    target.tell("threads")
                    target.awaitLine("threads of ours: []")
                    target.socketPath.exists() shouldBe false
                    testFolder.resolve("classes.log").readText() shouldNotContain "org.newsclub"
                    repeat(3) {
                        target.signal("USR1")
                        visit(target) shouldContain "exit()"
                        visit(target) shouldContain "exit()"
                    }
                    testFolder.resolve("classes.log").readText() shouldContain "org.newsclub"
                }

                test("oneshot_on: each signal opens it for exactly one client, then all is gone again") {
                    val target = target(jdk, "oneshotOn=SIGUSR1")
                    repeat(3) {
                        target.signal("USR1")
                        PlainClient.whenOpen(target.socketPath).use { client ->
                            client.greeted()
                            awaitThat { !target.socketPath.exists() }
                            client.eval("help()") shouldContain "exit()"
                        }
                    }
                    target.tell("threads")
                    target.awaitLine("threads of ours:")
                    awaitThat({ "${target.output}" }) {
                        target.tell("threads")
                        target.output.any { it == "threads of ours: []" }
                    }
                }

                test("activate_on and oneshot_on on two signals, by number and in any case") {
                    val target = target(jdk, "activateOn=10,oneshotOn=sigUrg")
                    target.signal("URG")
                    visit(target)
                    awaitThat { !target.socketPath.exists() }
                    target.signal("USR1")
                    visit(target)
                    visit(target)
                }

                test("the process ends as ever while its manhole is dormant, and with one client expected") {
                    val target = target(jdk, "oneshotOn=USR1")
                    target.signal("USR1")
                    target.awaitSocket()
                    target.tell("return")
                    target.awaitEnd() shouldBe 0
                    target.socketPath.exists() shouldBe false
                }

                test("close gives the signal back: the next one has its usual effect") {
                    val target = target(jdk, "activateOn=URG", "verbose=false")
                    target.tell("close")
                    target.awaitLine("closed")
                    target.signal("URG") // ignored by default
                    target.tell("threads")
                    target.awaitLine("threads of ours: []")
                    target.socketPath.exists() shouldBe false
                }
            }
        }

        test("a handler that the application has for the signal is called on, and put back by close") {
            val calls = AtomicInteger()
            val handler = SignalHandler { calls.incrementAndGet() }
            val before = Signal.handle(Signal("URG"), handler)
            try {
                install { activateOn("URG") }.use {
                    raise("URG")
                    connectWhenOpen().greeted().eval("alive") shouldBe "alive\n"
                    calls.get() shouldBe 1
                }
            } finally {
                Signal.handle(Signal("URG"), before) shouldBe handler
            }
        }

        test("a handler that the application sets over ours stays when the manhole is closed") {
            val calls = AtomicInteger()
            val before = Signal.handle(Signal("URG"), SignalHandler.SIG_IGN)
            try {
                val manhole = install { activateOn("URG") }
                val handler = SignalHandler { calls.incrementAndGet() }
                Signal.handle(Signal("URG"), handler)
                manhole.close()
                raise("URG")
                awaitThat { calls.get() == 1 }
                Signal.handle(Signal("URG"), before) shouldBe handler
            } finally {
                Signal.handle(Signal("URG"), before)
            }
        }

        for (signal in listOf("QUIT", "ILL", "FPE", "KILL", "SEGV", "STOP")) {
            test("$signal, which the VM keeps to itself, is refused with the signals that work, and nothing is left") {
                val refused = shouldThrow<IllegalArgumentException> { install { oneshotOn("URG").activateOn(signal) } }
                refused.message shouldContain "does not give up the signal $signal"
                refused.message shouldContain "USR1, URG and WINCH are good choices"
                install().close() // the failed one is not in the way, nor its handler of URG:
                val before = Signal.handle(Signal("URG"), SignalHandler.SIG_DFL)
                Signal.handle(Signal("URG"), before)
                before shouldBe SignalHandler.SIG_DFL
            }
        }

        test("a signal that does not exist is refused with those that do") {
            for (wrong in listOf("FOO", "SIGFOO", "0", "999", "-1", "", "SIG")) {
                shouldThrow<IllegalArgumentException> { ManholeOptions.builder().activateOn(wrong) }.message shouldContain
                    "there is no signal '$wrong' on this system; known are HUP, INT"
            }
        }

        test("the same signal for both is a conflict, however it is written") {
            shouldThrow<ConfigurationConflictException> {
                ManholeOptions.builder().activateOn("USR1").oneshotOn("SIGUSR1").build()
            }.message shouldContain "the signal USR1 cannot open the manhole for good (activateOn) and for one client (oneshotOn)"
        }

        test("USR2 is warned of") {
            install { activateOn("USR2") }.close()
            events.awaitLine("warning USR2 is the signal with which HotSpot suspends threads")
        }

        test("thread=False: nothing starts by itself; start() opens it, as often as one likes, from any thread") {
            val manhole = install { thread(false) }
            threads() shouldBe emptyList()
            socket.exists() shouldBe false
            List(8) { inBackground { manhole.start() } }.forEach { it.get(30, TimeUnit.SECONDS) }
            connect().greeted().eval("alive") shouldBe "alive\n"
            connect().greeted().eval("alive") shouldBe "alive\n"
            events.lines.count { it == "listening" } shouldBe 1
        }

        test("handle_oneshot: returns when its one client has left, and again") {
            val manhole = install { thread(false) }
            repeat(3) {
                val oneshot = inBackground { manhole.handleOneshot() }
                connectWhenOpen().use { client ->
                    client.greeted().eval("alive") shouldBe "alive\n"
                    socket.exists() shouldBe false
                    oneshot.isDone shouldBe false
                }
                oneshot.get(30, TimeUnit.SECONDS) shouldBe true
            }
            awaitThat { threads().isEmpty() }
        }

        test("handleOneshot() on a manhole that is open does nothing") {
            install().handleOneshot() shouldBe false
        }

        test("start() while one client is expected opens it for all") {
            val manhole = install { thread(false) }
            val oneshot = inBackground { manhole.handleOneshot() }
            awaitThat { socket.exists() }
            manhole.start()
            oneshot.get(30, TimeUnit.SECONDS) shouldBe false
            connect().greeted().eval("alive") shouldBe "alive\n"
            connect().greeted().eval("alive") shouldBe "alive\n"
        }

        test("another oneshot may be opened while the client of the last is still there") {
            val manhole = install { thread(false) }
            val clients =
                List(3) {
                    val oneshot = inBackground { manhole.handleOneshot() }
                    connectWhenOpen().greeted() to oneshot
                }
            clients.forEach { (client, _) -> client.eval("alive") shouldBe "alive\n" }
            clients.forEach { (client, oneshot) ->
                client.close()
                oneshot.get(30, TimeUnit.SECONDS) shouldBe true
            }
        }

        test("close() releases whoever waits in handleOneshot()") {
            val manhole = install { thread(false) }
            val oneshot = inBackground { manhole.handleOneshot() }
            awaitThat { socket.exists() }
            manhole.close()
            oneshot.get(30, TimeUnit.SECONDS) shouldBe false
            shouldThrow<IllegalStateException> { manhole.start() }.message shouldContain "closed"
            shouldThrow<IllegalStateException> { manhole.handleOneshot() }
        }

        test("interrupting whoever waits in handleOneshot() takes the socket away") {
            val manhole = install { thread(false) }
            val result = CompletableFuture<Boolean>()
            val waiting =
                Thread {
                    runCatching { manhole.handleOneshot() }.fold(result::complete, result::completeExceptionally)
                }.apply { start() }
            awaitThat { socket.exists() }
            waiting.interrupt()
            (shouldThrow<ExecutionException> { result.get(30, TimeUnit.SECONDS) }.cause is InterruptedException) shouldBe true
            socket.exists() shouldBe false
        }

        test("bind_delay: install returns, and the socket comes later") {
            install { bindDelay(Duration.ofMillis(200)) }
            socket.exists() shouldBe false
            connectWhenOpen().greeted().eval("alive") shouldBe "alive\n"
        }

        test("a manhole that is closed before its bindDelay is over never opens") {
            install { bindDelay(Duration.ofMinutes(10)) }.close()
            events.lines.toList() shouldContainExactly emptyList()
        }

        test("a path where no socket could ever be is refused when a dormant manhole is installed") {
            shouldThrow<java.io.IOException> {
                install { thread(false).socketPath(testFolder.resolve("missing/manhole.sock")) }
            }.message shouldContain "the folder of the socket does not exist"
        }

        test("start() throws what is in the way, and may be called again") {
            val manhole = install { thread(false) }
            socket.toFile().writeText("data")
            shouldThrow<java.io.IOException> { manhole.start() }.message shouldContain "is no socket; it was left alone"
            socket.toFile().delete()
            manhole.start()
            connect().greeted().eval("alive") shouldBe "alive\n"
        }
    }

    private fun connectWhenOpen(): PlainClient = closing(PlainClient.whenOpen(socket))
}
