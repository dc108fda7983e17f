package io.manhole

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Jdk
import io.manhole.testing.PlainClient
import io.manhole.testing.awaitThat
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name

/** The commands, asked for at the plain prompt of a process without any engine. */
class DiagnosticsSpec : FunSpec() {
    private val started = ArrayList<EnginelessJvm>()

    private fun start(jdk: Jdk, vararg jvmArguments: String) =
        EnginelessJvm(jdk, DiagnosticsTarget::class, jvmArguments.toList()).also { started += it }

    private fun String.fitsAScreen() = apply { lines().forEach { withClue(it) { it.length shouldBeLessThan 125 } } }

    init {
        afterSpec { started.forEach { it.close() } }

        for (jdk in Jdk.all) {
            context("$jdk") {
                val target by lazy { start(jdk) }

                test("help() lists all commands") {
                    val names = target.ask("help()").fitsAScreen().lines().mapNotNull { Regex("""^\w+\(\w*\)""").find(it)?.value }
                    names shouldContainExactly
                        listOf(
                            "help()",
                            "show(value)",
                            "dumpStackTraces()",
                            "threads()",
                            "deadlocks()",
                            "heapHistogram(count)",
                            "gc()",
                            "vm()",
                            "sessions()",
                            "kick(connection)",
                            "mirrorOutput(on)",
                            "loaders()",
                            "useLoader(loader)",
                            "exit()",
                            "quit()",
                        )
                }

                test("arguments are literals, and those that do not fit are told what would") {
                    target.ask("heapHistogram( 2 ) ;") shouldContain "byte[]"
                    target.ask("kick(77L)") shouldBe "there is no connection 77; sessions() lists those that there are\n"
                    target.ask("heapHistogram(\"two\")") shouldContain "these arguments do not fit heapHistogram(int count)"
                    target.ask("heapHistogram()") shouldContain "these arguments do not fit"
                    target.ask("heapHistogram(1 + 1)") shouldContain "there is no engine to evaluate this"
                    target.ask("heapHistogram(99999999999)") shouldContain "these arguments do not fit"
                    target.ask("heapHistogram(0)") shouldStartWith "heapHistogram(0): say how many classes, from 1 to 1000"
                }

                test("loaders() lists the class loaders; without an engine none can be chosen") {
                    target.ask("loaders()") shouldContain
                        Regex("""(?m)^\* +1 +jdk\S+AppClassLoader 'app' +the class path; \d+ threads?: """)
                    target.ask("useLoader(1)") shouldBe "there is no engine here that would look for classes\n"
                }

                test("threads() shows the busiest first, with CPU, allocation and where it stands") {
                    target.tell("spin")
                    val lines = target.ask("threads()").fitsAScreen().lines()
                    lines[0] shouldMatch Regex("""\d+ platform threads; in \d+ ms together they used [\d.]+ % of a processor, of \d+""")
                    lines[1] shouldMatch Regex(""" *CPU % +alloc/s +state +id +daemon +name +at""")
                    lines[2] shouldMatch Regex(""" *[\d.]+ +[\d.]+ K?B +RUNNABLE +\d+ +daemon +spinner +DiagnosticsTarget.*""")
                }

                test("deadlocks() shows the threads that wait for each other, and where they stand") {
                    target.ask("deadlocks()") shouldBe "no platform threads wait for each other\n"
                    target.tell("deadlock")
                    val shown = target.ask("deadlocks()")
                    shown shouldContain Regex("\"dead one\" \\(thread \\d+\\) waits for .*ReentrantLock.*, held by \"dead two\"")
                    shown shouldContain Regex("\"dead two\" WAITING daemon priority 5\n    waits for .*held by \"dead one\"")
                    shown shouldContain "    at io.manhole.DiagnosticsTarget"
                }

                test("heapHistogram() shows the classes with the most bytes, and makes no collection first") {
                    target.tell("ballast")

                    fun collections() = Regex("(?m)^G1 Old.* (\\d+) ").find(target.ask("vm()"))?.groupValues?.get(1)
                    val before = collections()
                    val shown = target.ask("heapHistogram(20)").fitsAScreen()
                    shown shouldContain Regex("""(?m)^ *\d+ +50000 +\d+ +io.manhole.DiagnosticsTarget.Ballast$""")
                    shown shouldContain Regex("""(?m)^ *\d+ +\d+ +\d+ +byte\[]$""")
                    shown shouldContain Regex("""\.\.\. and \d+ more classes\nall: \d+ instances, [\d.]+ MB, garbage included""")
                    collections() shouldBe before
                }

                test("gc() says what it freed") {
                    target.ask("gc()").fitsAScreen() shouldMatch
                        Regex("""heap before: .* used, .* at most\nheap after: .*\nfreed [\d.]+ [KM]?B in .*s\n""")
                }

                test("vm() describes the process") {
                    val shown = target.ask("vm()")
                    shown shouldContain "process      ${target.jvm.pid}, user "
                    shown shouldContain "main         io.manhole.DiagnosticsTarget\n"
                    shown shouldContain Regex("(?m)^Java         ${jdk.version}[.\\d]* at ")
                    shown shouldContain "-Xmx256m"
                    shown shouldContain "-XX:MaxHeapSize=268435456"
                    shown shouldContain Regex("""(?m)^CPU          [\d.]+ s used, [\d.]+ % of a processor""")
                    shown shouldContain Regex("""(?m)^descriptors  \d+ open of \d+$""")
                    shown shouldContain Regex("""(?m)^memory +used +committed +at most +peak$""")
                    shown shouldContain Regex("""(?m)^collector +collections +time in all$""")
                    shown shouldContain Regex("""(?m)^classes      \d+ loaded, \d+ unloaded$""")
                    shown shouldContain Regex("""(?m)^ +${target.folder}/classes$""")
                }

                test("a thread's name cannot reach the terminal as anything but text") {
                    target.tell("name")
                    for (command in listOf("dumpStackTraces()", "threads()")) {
                        val shown = target.ask(command)
                        shown shouldContain "evil\\u001b[31m\\nname"
                        shown shouldNotContain "\u001b"
                    }
                    target.connect().use { it.readUntil(PlainClient.PROMPT) shouldContain "evil\\u001b[31m\\nname" }
                }

                test("sessions() shows who is connected, and kick() ends another's connection") {
                    target.connect().use { one ->
                        target.connect().use { other ->
                            one.greeted()
                            other.greeted()
                            // Those who asked before are gone, which takes a moment to be noticed.
                            awaitThat { one.eval("sessions()").lines().size == 5 }
                            val lines = one.eval("sessions()").fitsAScreen().lines()
                            lines.single { it.startsWith("* ") && "plain" in it } shouldMatch
                                Regex("""\* +\d+ +\d+ +\d+ +20\S+Z +plain +evaluating for \d+ ms: sessions\(\)""")
                            val others = lines.single { it.endsWith("idle") }
                            others shouldContain " ${ProcessHandle.current().pid()} "
                            val number = others.trim().substringBefore(' ')
                            one.eval("kick($number)") shouldMatch Regex("connection $number, of pid .*, is closed\n")
                            other.readToEnd() shouldBe ""
                            awaitThat { "idle" !in one.eval("sessions()") }
                        }
                    }
                }

                test("who kicks oneself reads so") {
                    target.connect().use {
                        it.greeted()
                        val own = Regex("""(?m)^\* +(\d+) """).find(it.eval("sessions()"))!!.groupValues[1]
                        it.send("kick($own)\n")
                        it.readToEnd() shouldBe "connection $own, your own, is closed\n"
                    }
                }

                test("Ctrl-C stops a command that waits") {
                    target.connect().use {
                        it.greeted().send("threads()\n\u0003")
                        it.readUntil(PlainClient.PROMPT) shouldBe "interrupted\n>>> "
                        it.eval("kick(0)") shouldStartWith "there is no connection 0"
                    }
                }

                if (jdk.version >= 21) {
                    test("dumpStackTraces() shows virtual threads, one stack for those at one place, and leaves no file") {
                        target.tell("virtual 3000")
                        val dump = target.ask("dumpStackTraces()")
                        dump shouldContain "\nVirtual threads: 3000\n"
                        dump shouldContain "virtual threads here: 3000 #########\n#"
                        dump shouldContain "and 2995 more"
                        dump shouldContain Regex("(?m)^    at io.manhole.DiagnosticsTarget.*startVirtual")
                        Regex("DiagnosticsTarget.*startVirtual").findAll(dump).count() shouldBe 1
                        target.temporary.listDirectoryEntries("manhole-dump*").map { it.name }.shouldBeEmpty()
                        target.connect().use { it.readUntil(PlainClient.PROMPT) shouldNotContain "irtual threads" }
                    }

                    test("of more virtual threads than fit the limit on the disk, those left out are counted") {
                        start(jdk).use { crowded ->
                            crowded.tell("virtual 30000")
                            val dump = crowded.ask("dumpStackTraces()")
                            val shown = Regex("\nVirtual threads: (\\d+)\n").find(dump)!!.groupValues[1].toInt()
                            val more =
                                Regex(
                                    "\\.\\.\\. and about (\\d+) more, which were not looked at",
                                ).find(dump)!!.groupValues[1].toInt()
                            shown shouldBeInRange 10_000..29_000
                            shown + more shouldBeInRange 29_000..31_000
                            crowded.temporary.listDirectoryEntries("manhole-dump*").shouldBeEmpty()
                        }
                    }
                }

                test("what needs a module that the runtime lacks says so in a line, and all else works") {
                    val modules = "java.base,java.management,jdk.net,jdk.unsupported"
                    val small = start(jdk, "--limit-modules", modules)
                    small.ask("heapHistogram(3)") shouldMatch Regex("this virtual machine has no diagnostic command .*jdk.management.*\n")
                    small.ask("threads()") shouldContain "platform threads; in "
                    small.ask("dumpStackTraces()") shouldContain "######### ProcessID=${small.jvm.pid}"
                    small.ask("gc()") shouldContain "heap after:"
                    small.ask("vm()") shouldContain "CPU          not known: this runtime lacks the module jdk.management\n"
                    small.ask("deadlocks()") shouldBe "no platform threads wait for each other\n"
                    small.ask("sessions()") shouldContain "* is you"
                    small.jvm.output.filter { "Exception" in it || "Error" in it }.shouldBeEmpty()
                }

                test("even without java.management there is a prompt") {
                    val smallest = start(jdk, "--limit-modules", "java.base,jdk.net")
                    for (command in listOf("threads()", "deadlocks()", "heapHistogram(3)", "gc()", "vm()")) {
                        smallest.ask(command) shouldMatch
                            Regex("not possible in this Java runtime, which lacks the module java.management or jdk.management: .*\n")
                    }
                    smallest.ask("dumpStackTraces()") shouldContain
                        "No stacks can be shown: this Java runtime lacks the module java.management."
                    smallest.ask("sessions()") shouldContain "* is you"
                }
            }
        }
    }
}
