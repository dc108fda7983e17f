package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldNotContain
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.manhole.testing.FakeRepl
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.inBackground
import java.io.StringWriter
import java.net.InetSocketAddress
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import kotlin.io.path.exists
import kotlin.io.path.writeText

/**
 * The options of python-manhole's `install`, of aiomanhole's `start_manhole` and of the old manual page, by their names
 * there: one test each, of what a user who comes from there expects. The details are in the specs named after the parts.
 */
class PythonManholeParitySpec : ManholeSpec() {
    private fun visit() {
        PlainClient.whenOpen(socket).use { it.greeted().eval("alive") shouldBe "alive\n" }
    }

    private fun raise(signal: String) = check(ProcessBuilder("kill", "-$signal", "${ProcessHandle.current().pid()}").start().waitFor() == 0)

    init {
        context("python-manhole") {
            test("install: returns the instance, bound; what goes wrong is thrown, and nothing is half installed") {
                val missing = testFolder.resolve("missing/manhole.sock")
                shouldThrow<java.io.IOException> { install { socketPath(missing) } }
                install().use {
                    socket.exists() shouldBe true
                    visit()
                }
                socket.exists() shouldBe false
            }

            test("strict: a second install fails, or with False replaces the first") {
                install()
                shouldThrow<AlreadyInstalledException> { install() }
                install { strict(false) }
                visit()
            }

            test("verbose, verbose_destination: lines that begin with Manhole[pid:time], or none") {
                val log = StringWriter()
                install {
                    verbose(true)
                    verboseDestination(log)
                }.use { visit() }
                log.toString().lines().filter { it.isNotEmpty() }.forEach {
                    it shouldContain Regex("""^Manhole\[${ProcessHandle.current().pid()}:[^]]+]: """)
                }
                val silent = StringWriter()
                install {
                    verboseDestination(silent)
                    verbose(false)
                }.use { visit() }
                silent.toString() shouldBe ""
            }

            test("socket_path: /tmp/manhole-<pid>, or wherever one says") {
                ManholeOptions.defaults().socketPath() shouldBe Path.of("/tmp/manhole-${ProcessHandle.current().pid()}")
                install().socketPath() shouldBe socket
            }

            test("locals: names in the prompt, the same objects for every client") {
                val shared = ArrayList<Int>()
                install { local("shared", shared) }
                connect().greeted().eval("shared") shouldBe "[]\n"
                shared += 1
                connect().greeted().eval("shared") shouldBe "[1]\n"
            }

            test("activate_on: dormant until the signal, open from then on, also after a second one") {
                install { activateOn("URG") }
                socket.exists() shouldBe false
                repeat(2) {
                    raise("URG")
                    visit()
                }
                socket.exists() shouldBe true
            }

            test("oneshot_on: the signal opens it for one client, each time") {
                install { oneshotOn("URG") }
                repeat(2) {
                    raise("URG")
                    visit()
                    awaitThat { !socket.exists() }
                }
            }

            test("thread=False: nothing runs until start() or handleOneshot()") {
                val manhole = install { thread(false) }
                socket.exists() shouldBe false
                val oneshot = inBackground { manhole.handleOneshot() }
                visit()
                oneshot.get(30, TimeUnit.SECONDS) shouldBe true
                manhole.start()
                visit()
            }

            test("sigmask: accepted, and ignored with a note") {
                val manhole =
                    closing(Manhole.install(ManholeOptions.builder().parse("sigmask=USR1").verbose(false).listener(events).build()))
                manhole.socketPath().exists() shouldBe true
                events.awaitLine("warning the option sigmask is ignored")
            }

            test("patch_fork, reinstall_delay: see CheckpointSpec; the delay is an option") {
                ManholeOptions.builder().parse("reinstallDelay=5s").build().reinstallDelay() shouldBe Duration.ofSeconds(5)
            }

            test("start_timeout, bind_delay: bound when install returns, or later for those who want that") {
                install().use { connect().greeted() }
                install { bindDelay(Duration.ofMillis(100)) }
                visit()
            }

            test("redirect_stderr: what evaluated code writes to stderr comes to the client, or with False stays") {
                val application = java.io.ByteArrayOutputStream()
                val before = System.err
                System.setErr(java.io.PrintStream(application, true))
                try {
                    FakeRepl.actions["warn"] = { System.err.println("to stderr") }
                    install().use { connect().greeted().eval("run warn") shouldBe "to stderr\n" }
                    install { redirectStderr(false) }.use { connect().greeted().eval("run warn") shouldBe "" }
                    application.toString() shouldBe "to stderr\n"
                } finally {
                    System.setErr(before)
                }
            }

            test("connection_handler: repl, exec, or a function; an unknown name fails") {
                val ran = ConcurrentLinkedQueue<String>()
                FakeRepl.actions["it"] = { ran += "it" }
                install { connectionHandler(ConnectionHandler.EXEC) }.use {
                    val client = connect()
                    client.send("run it\nexit()\n")
                    client.readToEnd() shouldBe ""
                    ran shouldContain "it"
                }
                install { connectionHandler { it.output().write("mine".toByteArray()) } }.use { connect().readToEnd() shouldBe "mine" }
                shouldThrow<IllegalArgumentException> { ManholeOptions.builder().parse("connectionHandler=shell") }.message shouldBe
                    "connectionHandler=shell: not one of REPL, EXEC"
            }

            test("uWSGI recipe: the pid in a watched file opens it for one client") {
                val file = testFolder.resolve("trigger")
                install { triggerFile(file) }
                repeat(2) {
                    file.writeText("${ProcessHandle.current().pid()}\n")
                    visit()
                    awaitThat { !socket.exists() && Thread.getAllStackTraces().keys.none { it.name == "manhole-oneshot" } }
                }
            }

            for (jdk in Jdk.all) {
                test("$jdk: daemon_connection=False keeps the process while a client is connected, True does not") {
                    for (daemon in listOf(true, false)) {
                        val target = closing(TargetJvm(jdk, Target::class.java.name, arguments = listOf("daemonConnection=$daemon")))
                        target.awaitLine("installed")
                        PlainClient.whenOpen(target.socketPath).use { client ->
                            client.greeted()
                            target.tell("return")
                            target.awaitLine("main returns")
                            if (daemon) target.awaitEnd() shouldBe 0 else client.eval("help()") shouldContain "exit()"
                        }
                        target.awaitEnd() shouldBe 0
                    }
                }

                test("$jdk: PYTHONMANHOLE: the variable MANHOLE installs it where the program allows that; mistakes are one line") {
                    val good = closing(TargetJvm(jdk, EnvironmentTarget::class.java.name, environment = mapOf("MANHOLE" to "")))
                    good.awaitLine("installed: true")
                    PlainClient.whenOpen(good.socketPath).use { it.greeted() }
                    val bad =
                        closing(TargetJvm(jdk, EnvironmentTarget::class.java.name, environment = mapOf("MANHOLE" to "activate_on=USR1")))
                    bad.awaitLine("installed: false")
                    bad.output shouldContain
                        "manhole: not installed: the environment variable MANHOLE: unknown option 'activate_on'; it is written activateOn"
                    val none = closing(TargetJvm(jdk, EnvironmentTarget::class.java.name))
                    none.awaitLine("installed: false")
                    none.output shouldNotContain "manhole"
                }
            }

            test("gevent/eventlet care: a client that reads nothing blocks no thread of the application's, and no event loop") {
                val loop = Executors.newSingleThreadExecutor { Thread(it, "event-loop") }
                closing(AutoCloseable { loop.shutdownNow() })
                val before = System.out
                System.setOut(java.io.PrintStream(java.io.OutputStream.nullOutputStream()))
                try {
                    install {
                        mirrorOutput(true)
                        executor(loop)
                    }.use {
                        FakeRepl.actions["flood"] = { repeat(20_000) { println("0123456789".repeat(10)) } }
                        val client = connect().greeted()
                        client.send("run flood\n")
                        loop.submit { repeat(20_000) { println("0123456789".repeat(10)) } }.get(30, TimeUnit.SECONDS)
                    }
                } finally {
                    System.setOut(before)
                }
            }
        }

        context("aiomanhole") {
            test("banner: the text before the first prompt, or none") {
                install { banner("careful\n") }.use { connect().readUntil(">>> ") shouldContain "careful\n>>> " }
                install { banner("") }.use { connect().readUntil(">>> ") shouldNotContain "ManholeConsole" }
            }

            test("namespace, shared: private sessions by default, or one for all") {
                install().use {
                    connect().greeted().eval("let x 1")
                    connect().greeted().eval("x plus 1") shouldContain "no such word"
                }
                install { sharedNamespace(true) }.use {
                    connect().greeted().eval("let x 1")
                    connect().greeted().eval("x plus 1") shouldBe "2\n"
                }
            }

            test("command_timeout: the prompt comes back, the output is there, and the thread is free") {
                FakeRepl.actions["long"] = {
                    println("begun")
                    Thread.sleep(Duration.ofMinutes(10).toMillis())
                }
                install { evalTimeout(Duration.ofMillis(200)) }
                val client = connect().greeted()
                client.eval("run long") shouldBe "begun\ninterrupted: it took longer than the evalTimeout of 0.2s\n"
                client.eval("alive") shouldBe "alive\n"
            }

            test("loop, threaded: evaluation in the application's event loop") {
                val loop = Executors.newSingleThreadExecutor { Thread(it, "event-loop") }
                closing(AutoCloseable { loop.shutdownNow() })
                FakeRepl.actions["where"] = { Thread.currentThread().name }
                install { executor(loop) }
                connect().greeted().eval("run where") shouldBe "event-loop\n"
            }

            test("host, port: TCP and the unix socket together; port 0 takes a free one") {
                val manhole = install { bindAddress(InetSocketAddress("127.0.0.1", 0)) }
                val address = checkNotNull(manhole.address())
                (address.port > 0) shouldBe true
                closing(PlainClient(address)).greeted().eval("alive") shouldBe "alive\n"
                connect().greeted().eval("alive") shouldBe "alive\n"
            }

            test("path: several clients at one socket, whose outputs do not mix; exit() ends the session alone") {
                FakeRepl.actions["say"] = { println("mine") }
                install()
                val clients = List(5) { connect().greeted() }
                clients.forEach { it.eval("run say") shouldBe "mine\n" }
                clients[0].send("exit()\n")
                clients[0].readToEnd()
                clients.drop(1).forEach { it.eval("alive") shouldBe "alive\n" }
            }
        }

        context("the manual page") {
            test("bind_address: a loopback address beside the socket; anything wider only with certificates") {
                val manhole = install { bindAddress(InetSocketAddress("127.0.0.1", 0)) }
                closing(PlainClient(checkNotNull(manhole.address()))).greeted().eval("alive") shouldBe "alive\n"
                manhole.close()
                shouldThrow<IllegalArgumentException> { install { bindAddress(InetSocketAddress("0.0.0.0", 0)) } }.message shouldContain
                    "set keyStore and trustStore"
            }

            test("log_level: log lines go to a logger, at a level") {
                val options = ManholeOptions.builder().parse("verboseDestination=logger:io.manhole.parity,logLevel=debug")
                val lines = ConcurrentLinkedQueue<String>()
                val logger =
                    java.util.logging.Logger.getLogger("io.manhole.parity").apply {
                        level = java.util.logging.Level.FINE
                        useParentHandlers = false
                        addHandler(
                            object : java.util.logging.Handler() {
                                init {
                                    level = java.util.logging.Level.ALL
                                }

                                override fun publish(record: java.util.logging.LogRecord) {
                                    lines += "${record.level} ${record.message}"
                                }

                                override fun flush() = Unit

                                override fun close() = Unit
                            },
                        )
                    }
                closing(Manhole.install(options.socketPath(socket).build())).use { visit() }
                lines.count { it.startsWith("FINE Manhole[") && "listening at $socket" in it } shouldBe 2 // and "stopped"
                logger.handlers.forEach(logger::removeHandler)
            }

            test("socket_path, activate_on, locals, together and as text") {
                closing(
                    Manhole.install(
                        ManholeOptions
                            .builder()
                            .parse("activateOn=URG,socketPath=$socket,verbose=false")
                            .local("answer", 42)
                            .build(),
                    ),
                )
                raise("URG")
                PlainClient.whenOpen(socket).use { it.greeted().eval("answer") shouldBe "42\n" }
            }

            test("daemonize: a process without a terminal is served like any other; what it prints is its own") {
                events.lines shouldNotContain "failed"
                val target =
                    closing(TargetJvm(Jdk.all.first(), Target::class.java.name, arguments = listOf("verbose=false")))
                PlainClient.whenOpen(target.socketPath).use { it.greeted().eval("help()") shouldContain "exit()" }
                target.output.filter { "exit()" in it } shouldBe emptyList()
            }
        }
    }
}

/** A program that lets the environment decide. */
object EnvironmentTarget {
    @JvmStatic
    fun main(arguments: Array<String>) {
        println("installed: ${Manhole.installFromEnvironment() != null}")
        readln()
    }
}
