package io.manhole

import io.kotest.matchers.string.shouldContain
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient

/** The class path of the tests has one engine, `fake`, whose language is words; the JDK has Java. */
class EngineOptionSpec : ManholeSpec() {
    private fun connected(engine: String?): PlainClient {
        install { engine?.let { engine(it) } }
        return connect().greeted()
    }

    init {
        for ((engine, answer) in listOf(null to "word", "fake" to "word", "java" to "3")) {
            test("with the engine $engine") {
                connected(engine).eval(if (engine == "java") "1 + 2" else "word") shouldContain answer
            }
        }

        test("none: the commands, and nothing else") {
            val client = connected("none")
            client.eval("1 + 2") shouldContain "installed with the engine 'none'; help() lists the commands"
            client.eval("help()") shouldContain "threads()"
        }

        test("an engine that is not there: the names of those that are") {
            val client = connected("klingon")
            client.send("1 + 2\n")
            client.readUntil("1 + 2\n    ^\n>>> ") shouldContain "there is no engine 'klingon' here; there are fake, java, none"
            client.eval("help()") shouldContain "threads()"
        }

        test("one that could be there: how to get it") {
            connected("jsr223").eval("1") shouldContain "add manhole-kotlin-repl to the class path"
        }

        test("nREPL clients are told its name") {
            install { engine("java") }
            connectNrepl().ask("op" to "describe", "id" to "1").toString() shouldContain "manhole/engine=java"
        }
    }
}
