package io.manhole.agent

import com.sun.tools.attach.VirtualMachine
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.core.test.TestCase
import io.kotest.engine.test.TestResult
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Jdk
import io.manhole.testing.PlainClient
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.requireTools
import java.nio.file.Files
import java.nio.file.Path
import java.util.jar.JarFile
import kotlin.io.path.exists

/** `-javaagent` and the environment, in real processes: what they install, and what the application notices of it. */
class AgentProcessSpec : FunSpec() {
    private val agent = Path.of(System.getProperty("manhole.agent.jar"))
    private val parts = Path.of(System.getProperty("manhole.agent.parts"))
    private val cache = parts.resolveSibling("agent-cache")
    private var folder = Path.of("/")

    override suspend fun beforeEach(testCase: TestCase) {
        folder = Files.createTempDirectory("manhole-agent")
        copyClasses(AgentTarget::class.java)
    }

    override suspend fun afterEach(testCase: TestCase, result: TestResult) {
        folder.toFile().deleteRecursively()
    }

    /** To a class path that has nothing else on it. */
    private fun copyClasses(vararg types: Class<*>, to: Path = folder.resolve("classes")) {
        for (type in types) {
            val path = type.name.replace('.', '/') + ".class"
            Files.createDirectories(to.resolve(path).parent)
            type.classLoader.getResourceAsStream(path).use { Files.copy(it, to.resolve(path)) }
        }
    }

    private fun target(
        jdk: Jdk,
        vararg jvmArguments: String,
        mainClass: Class<*> = AgentTarget::class.java,
        classPath: List<Path> = emptyList(),
        arguments: List<String> = emptyList(),
        environment: Map<String, String> = emptyMap(),
    ) = TargetJvm(
        jdk,
        mainClass.name,
        classPath = (classPath.map { "$it" } + "${folder.resolve("classes")}").joinToString(":"),
        jvmArguments = quiet(jdk) + jvmArguments,
        arguments = arguments,
        environment = mapOf("XDG_CACHE_HOME" to "$cache") + environment,
    )

    /** JDK 24 and later warn of native libraries otherwise. */
    private fun quiet(jdk: Jdk) = if (jdk.version >= 24) listOf("--enable-native-access=ALL-UNNAMED") else emptyList()

    private fun agent(options: String? = null) = "-javaagent:$agent" + if (options == null) "" else "=$options"

    private fun TargetJvm.seen(): List<String> {
        val before = output.count { it.startsWith("looked around") }
        val lines = output.size
        tell("look")
        awaitThat({ "it does not look: $output" }) { output.count { it.startsWith("looked around") } > before }
        output.last { it.startsWith("looked around") } shouldEndWith "its own"
        return output.drop(lines).filter { it.startsWith("sees ") }.map { it.removePrefix("sees ") }
    }

    /** The file of a socket is there a moment before somebody listens at it. */
    private fun TargetJvm.connected(): PlainClient {
        var client: PlainClient? = null
        awaitThat({ "nobody listens at $socketPath: $output" }) {
            client = runCatching { PlainClient(socketPath) }.getOrNull()
            client != null
        }
        return checkNotNull(client)
    }

    /** Its exit status after it was told to end. */
    private fun TargetJvm.end(): Int {
        tell("exit")
        return awaitEnd()
    }

    init {
        test("of the agent's jar, the application could see the one class and nothing else; of the agent, the client has nothing") {
            val open = JarFile(agent.toFile()).use { jar -> jar.stream().map { it.name }.toList() }
            open.filterNot { it.endsWith("/") || it.startsWith("META-INF/manhole/agent/") } shouldContainExactlyInAnyOrder
                listOf("META-INF/MANIFEST.MF", "io/manhole/agent/ManholeAgent.class")
            open.filter { it.endsWith("module-info.class") }.shouldBeEmpty()
            val client = JarFile(System.getProperty("manhole.cli.executable")).use { jar -> jar.stream().map { it.name }.toList() }
            client.filter { it.startsWith("io/manhole/agent") || it.startsWith("io/manhole/kotlin") }.shouldBeEmpty()
        }

        for (jdk in Jdk.all) {
            context("$jdk") {
                test("the prompt speaks Kotlin and sees the application, which sees nothing of it") {
                    target(jdk, agent("engineKeepAlive=200ms")).use {
                        it.awaitSocket().awaitLine("main runs")
                        it.seen() shouldContainExactlyInAnyOrder
                            listOf("io.manhole.agent.ManholeAgent", "the thread manhole-listener")
                        PlainClient(it.socketPath).use { client ->
                            client.greeted().eval("1 + 1") shouldBe "2\n"
                            client.eval("io.manhole.agent.AgentTarget.greeting()") shouldBe "greetings from the application\n"
                            client.eval("fun f() = listOf(3, 1, 2).sorted()") shouldBe ""
                            client.eval("f()") shouldBe "[1, 2, 3]\n"
                            client.eval("dumpStackTraces()") shouldContain "\"main\""
                            client.send("println(\"on\"); while (true) {}\n")
                            client.readUntil("on\n")
                            client.send("\u0003")
                            client.readUntil(PlainClient.PROMPT) shouldContain "interrupted"
                            client.send("exit()\n")
                            client.readToEnd()
                        }
                        awaitThat({ "left: ${it.output}" }) {
                            it.seen() == listOf("io.manhole.agent.ManholeAgent", "the thread manhole-listener")
                        }
                        it.end() shouldBe 3
                        it.socketPath.exists() shouldBe false
                    }
                }

                test("an application's own Kotlin is the one at the prompt, and is left alone") {
                    val kotlin = listOf(parts.resolve("kotlin-stdlib-1.9.25.jar"))
                    target(jdk, agent(), classPath = kotlin).use {
                        it.awaitSocket().awaitLine("main runs")
                        PlainClient(it.socketPath).use { client ->
                            client.greeted().eval("KotlinVersion.CURRENT.toString()") shouldBe "1.9.25\n"
                        }
                        it.seen().filter { name -> name.startsWith("kotlin") } shouldBe listOf("kotlin.Unit")
                        it.end() shouldBe 3
                    }
                }

                test("an application's own manhole and the agent's do not meet") {
                    copyClasses(OwnManholeTarget::class.java)
                    val own = folder.resolve("own.sock")
                    val classPath = listOf("manhole-jvm", "manhole-kotlin-repl", "junixsocket-common", "junixsocket-native-common")
                    target(
                        jdk,
                        agent(),
                        mainClass = OwnManholeTarget::class.java,
                        classPath = classPath.map { parts.resolve("$it.jar") },
                        arguments = listOf("$own"),
                    ).use {
                        it.awaitLine("installed its own")
                        PlainClient(own).use { client -> client.greeted().eval("20 + 2") shouldBe "22\n" }
                        PlainClient(it.socketPath).use { client ->
                            client.greeted().eval("1 + 1") shouldBe "2\n"
                            client.eval("io.manhole.Manhole::class.java.classLoader == ClassLoader.getSystemClassLoader()") shouldBe
                                "true\n"
                        }
                        withClue(it.output) { it.output.count { line -> "engine" in line } shouldBe 0 }
                    }
                }

                test("dormant, it costs no thread and no socket until the signal").config(enabledOrReasonIf = requireTools("kill")) {
                    target(jdk, agent("oneshotOn=USR1,verbose=false")).use {
                        it.awaitLine("main runs")
                        it.seen() shouldBe listOf("io.manhole.agent.ManholeAgent")
                        it.socketPath.exists() shouldBe false
                        it.signal("USR1")
                        it.connected().use { client ->
                            client.greeted()
                            awaitThat { !it.socketPath.exists() }
                        }
                        it.end() shouldBe 3
                    }
                }

                test("classes that a launcher loads are at the prompt, also when the main thread has ended") {
                    val launched = folder.resolve("launched")
                    copyClasses(Launched::class.java, to = launched)
                    target(jdk, agent(), arguments = listOf("launch", "$launched")).use {
                        it.awaitSocket().awaitLine("main runs")
                        PlainClient(it.socketPath).use { client ->
                            val call = "Class.forName(\"io.manhole.agent.Launched\").getMethod(\"greeting\").invoke(null)"
                            client.greeted().eval(call) shouldBe "greetings from the launcher's loader\n"
                            client.eval("io.manhole.agent.Launched.greeting()") shouldBe "greetings from the launcher's loader\n"
                        }
                        it.tell("return")
                        PlainClient(it.socketPath).use { client ->
                            val threads = "Thread.getAllStackTraces().keys.any { it.id == 1L }"
                            awaitThat { client.eval(threads) == "false\n" }
                        }
                        PlainClient(it.socketPath).use { client ->
                            client.greeted().eval("io.manhole.agent.Launched.greeting()") shouldBe
                                "greetings from the launcher's loader\n"
                        }
                    }
                }

                for ((options, complaint) in mistakes) {
                    test("the mistake in '$options' is one line, and the application runs on") {
                        target(jdk, agent(options)).use {
                            it.awaitLine("main runs")
                            it.seen() shouldBe listOf("io.manhole.agent.ManholeAgent")
                            it.end() shouldBe 3
                            val said = it.output.filterNot { line -> line.startsWith("sees ") || line.startsWith("looked ") }
                            said.size shouldBe 2
                            said.first { line -> line != "main runs" } shouldStartWith "manhole: not installed: $complaint"
                        }
                    }
                }

                test("a mistake in the environment is told as such") {
                    target(jdk, agent(), environment = mapOf("MANHOLE" to "verbose=maybe")).use {
                        it.awaitLine("not installed: the environment variable MANHOLE: verbose=maybe: neither true nor false")
                        it.awaitLine("main runs")
                        it.end() shouldBe 3
                    }
                }

                test("the agent's options override those in the environment; a comma is written with a backslash") {
                    val socket = folder.resolve("a,b.sock")
                    val environment = mapOf("MANHOLE" to "banner=from the environment,socketPath=$folder/a\\,b.sock,verbose=false")
                    target(jdk, agent("banner=one\\, two \\\\ three,dialect=plain"), environment = environment).use {
                        it.awaitLine("main runs")
                        PlainClient(socket).use { client -> client.readUntil(PlainClient.PROMPT) shouldContain "one, two \\ three\n>>> " }
                        it.end() shouldBe 3
                        it.output shouldBe listOf("main runs")
                    }
                }

                for (variable in listOf("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS")) {
                    test("-javaagent in $variable") {
                        target(jdk, environment = mapOf(variable to agent("verbose=false"))).use {
                            it.awaitSocket().awaitLine("main runs")
                            PlainClient(it.socketPath).use { client -> client.greeted() }
                            it.end() shouldBe 3
                        }
                    }
                }

                for ((value, installed) in listOf(
                    "" to true,
                    "thread=false,verbose=false" to true,
                    "thread=perhaps" to false,
                    null to false,
                )) {
                    test("installFromEnvironment with ${if (value == null) "nothing" else "'$value'"} in MANHOLE") {
                        copyClasses(OwnManholeTarget::class.java)
                        target(
                            jdk,
                            mainClass = OwnManholeTarget::class.java,
                            classPath = listOf(parts.resolve("manhole-jvm.jar")),
                            arguments = listOf("environment"),
                            environment = if (value == null) emptyMap() else mapOf("MANHOLE" to value),
                        ).use {
                            it.awaitLine("installed: $installed")
                            it.socketPath.exists() shouldBe (value == "")
                            it.output.count { line -> line.startsWith("manhole: not installed: ") } shouldBe
                                if (value == "thread=perhaps") 1 else 0
                        }
                    }
                }

                test("the agent can be loaded into a running process, once") {
                    target(jdk, "-XX:+EnableDynamicAgentLoading").use {
                        it.awaitLine("main runs")
                        val vm = VirtualMachine.attach("${it.pid}")
                        try {
                            vm.loadAgent("$agent")
                            it.awaitSocket()
                            vm.loadAgent("$agent", "socketPath=$folder/second.sock")
                            it.awaitLine("manhole: not installed: ") shouldContain "${it.socketPath}"
                        } finally {
                            vm.detach()
                        }
                        PlainClient(it.socketPath).use { client -> client.greeted() }
                        it.seen().filter { name -> "." in name } shouldBe listOf("io.manhole.agent.ManholeAgent")
                        it.end() shouldBe 3
                    }
                }

                test("the core's jar is an agent by itself, with the JDK's own sockets") {
                    val core = Files.copy(parts.resolve("manhole-jvm.jar"), folder.resolve("manhole-jvm.jar"))
                    target(jdk, "-javaagent:$core").use {
                        it.awaitSocket().awaitLine("main runs")
                        PlainClient(it.socketPath).use { client ->
                            client.greeted().eval("dumpStackTraces()") shouldContain "\"main\""
                        }
                        it.awaitLine("junixsocket is not on the class path: the JDK's own sockets are used")
                        it.awaitLine("connection 1 from pid ?")
                        it.output.count { line -> "junixsocket" in line } shouldBe 1
                        it.end() shouldBe 3
                        it.socketPath.exists() shouldBe false
                    }
                }

                test("the core's jar as an agent finds junixsocket beside it") {
                    val core = Files.copy(parts.resolve("manhole-jvm.jar"), folder.resolve("manhole-jvm.jar"))
                    for (name in listOf("junixsocket-common", "junixsocket-native-common")) {
                        Files.copy(parts.resolve("$name.jar"), folder.resolve("$name-1.0.jar"))
                    }
                    target(jdk, "-javaagent:$core").use {
                        it.awaitSocket().awaitLine("main runs")
                        PlainClient(it.socketPath).use { client -> client.greeted() }
                        it.awaitLine("connection 1 from pid ${ProcessHandle.current().pid()}, ")
                        it.output.joinToString("\n") shouldNotContain "junixsocket"
                    }
                }
            }
        }
    }

    private companion object {
        val mistakes =
            listOf(
                "activate_on=USR1" to "the agent's options: unknown option 'activate_on'; it is written activateOn",
                "colour=red" to "the agent's options: unknown option 'colour'; known are socketPath, activateOn, ",
                "verbose" to "the agent's options: the option 'verbose' has no value; options are written name=value,",
                "activateOn=KILL" to "the agent's options: ",
                "activateOn=USR1,oneshotOn=USR1" to "the agent's options: the signal USR1 cannot ",
                "socketPath=/nowhere/at/all.sock" to "",
            )
    }
}
