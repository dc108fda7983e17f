package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import java.net.InetSocketAddress
import java.nio.file.Path
import java.time.Duration
import kotlin.io.path.createTempDirectory

/** Options as they are written after `-javaagent:…=` and in `MANHOLE`. */
class OptionTextSpec :
    FunSpec({
        fun options(text: String) = ManholeOptions.builder().parse(text).build()

        fun complaint(text: String): String {
            val message = shouldThrow<IllegalArgumentException> { options(text) }.message.orEmpty()
            message shouldNotContain "\n"
            return message
        }

        val folder = createTempDirectory("manhole-test")
        afterSpec { folder.toFile().deleteRecursively() }

        val written: Map<String, (ManholeOptions) -> Boolean> =
            mapOf(
                "socketPath=/run/app.sock" to { it.socketPath() == Path.of("/run/app.sock") },
                "activateOn=USR1" to { it.activateOn() == "USR1" && !it.opensAtOnce() },
                "activateOn=sigusr1" to { it.activateOn() == "USR1" },
                "oneshotOn=URG" to { it.oneshotOn() == "URG" && !it.opensAtOnce() },
                "triggerFile=/run/app.trigger" to { it.triggerFile() == Path.of("/run/app.trigger") && !it.opensAtOnce() },
                "thread=false" to { !it.opensAtOnce() },
                "bindDelay=500ms" to { it.bindDelay() == Duration.ofMillis(500) },
                "reinstallDelay=2m" to { it.reinstallDelay() == Duration.ofMinutes(2) },
                "strict=false" to { !it.strict() },
                "strict=TRUE" to { it.strict() },
                "banner=Hello\\, world = all \\\\ of it" to { it.banner() == "Hello, world = all \\ of it" },
                "banner=" to { it.banner() == "" },
                "daemonConnection=true" to { it.daemonConnection() },
                "redirectStderr=false" to { !it.redirectStderr() },
                "mirrorOutput=true" to { it.mirrorOutput() },
                "connectionHandler=exec" to { it.connectionHandler() === ConnectionHandler.EXEC },
                "connectionHandler=REPL" to { it.connectionHandler() === ConnectionHandler.REPL },
                "dialect=plain" to { it.dialect() == Dialect.PLAIN },
                "bindAddress=127.0.0.1:5000" to { it.bindAddress() == InetSocketAddress("127.0.0.1", 5000) },
                "bindAddress=[::1]:0,bindDialect=nrepl" to {
                    it.bindAddress() == InetSocketAddress("::1", 0) && it.bindDialect() == Dialect.NREPL
                },
                "engine=jsr223" to { it.engine() == "jsr223" },
                "evalTimeout=5s" to { it.evalTimeout() == Duration.ofSeconds(5) },
                "engineKeepAlive=90s" to { it.engineKeepAlive() == Duration.ofSeconds(90) },
                "sessionKeepAlive=0s" to { it.sessionKeepAlive().isZero },
                "sharedNamespace=true" to { it.sharedNamespace() },
                "maxInputBytes=65536" to { it.maxInputBytes() == 65536 },
                "sigmask=whatever" to { it.notes().single().startsWith("the option sigmask is ignored") },
                "" to { it.opensAtOnce() },
                " strict = false , ,mirrorOutput=true," to { !it.strict() && it.mirrorOutput() },
                "strict=false,strict=true" to { it.strict() },
            )
        for ((text, holds) in written) {
            test("'$text'") { holds(options(text)) shouldBe true }
        }

        test("verbose=false silences the log") {
            val log = folder.resolve("silent.log")
            options("verboseDestination=$log,verbose=false").listeners().tell { it.warning("unheard") }
            log.toFile().exists() shouldBe false
        }

        test("verboseDestination names a file, which is made when there is something to say, and appended to") {
            val log = folder.resolve("a.log")
            options("verboseDestination=$log").listeners().tell { it.warning("one") }
            options("verboseDestination=$log").listeners().tell { it.warning("two") }
            log.toFile().readLines().map { it.substringAfter("]: ") } shouldBe listOf("one", "two")
        }

        test("verboseDestination names stdout, stderr, or a logger with a level") {
            for (value in listOf("stdout", "stderr", "logger:io.manhole.test,logLevel=trace", "logger:io.manhole.test")) {
                options("verboseDestination=$value")
            }
        }

        val mistakes =
            mapOf(
                "activate_on=USR1" to "unknown option 'activate_on'; it is written activateOn",
                "SocketPath=/x" to "unknown option 'SocketPath'; it is written socketPath",
                "colour=red" to "unknown option 'colour'; known are socketPath, activateOn, oneshotOn,",
                "verbose" to "the option 'verbose' has no value; options are written name=value,name=value",
                "verbose=yes" to "verbose=yes: neither true nor false",
                "dialect=klingon" to "dialect=klingon: not one of ",
                "connectionHandler=mine" to "connectionHandler=mine: not one of REPL, EXEC",
                "engine=" to "engine=: '' is no engine's name: kotlin, jsr223, java, none",
                "evalTimeout=5" to "evalTimeout=5: not a duration such as 500ms, 5s or 2m",
                "evalTimeout=s" to "evalTimeout=s: not a duration",
                "evalTimeout=0s" to "evalTimeout=0s: an evalTimeout of ",
                "maxInputBytes=many" to "maxInputBytes=many: not a number",
                "maxInputBytes=1" to "maxInputBytes=1: maxInputBytes 1 < 1024",
                "activateOn=NONSENSE" to "activateOn=NONSENSE: ",
                "bindAddress=5000" to "bindAddress=5000: not an address such as localhost:5000",
                "bindAddress=127.0.0.1:port" to "bindAddress=127.0.0.1:port: not a number",
                "bindAddress=127.0.0.1:70000" to "bindAddress=127.0.0.1:70000: ",
                "bindDialect=plain" to "bindDialect without bindAddress",
                "logLevel=debug" to "logLevel without verboseDestination=logger:NAME",
                "logLevel=loud" to "logLevel=loud: not one of ",
                "verboseDestination=/nowhere/at/all.log" to "verboseDestination=/nowhere/at/all.log: neither stderr, stdout, logger:NAME",
                "activateOn=USR1,oneshotOn=USR1" to "the signal USR1 cannot ",
            )
        for ((text, message) in mistakes) {
            test("the mistake in '$text' is told in one line") { complaint(text) shouldStartWith message }
        }

        test("one mistake among many options is the one that is told") {
            complaint("strict=false,verbose=perhaps,banner=x") shouldContain "verbose=perhaps"
        }
    })
