package io.manhole.samples.filetrigger

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.testing.Jdk
import io.manhole.testing.PlainClient
import io.manhole.testing.Programs
import io.manhole.testing.awaitThat
import io.manhole.testing.requireTools
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import kotlin.io.path.exists
import kotlin.io.path.writeText

/** The sample as real processes, on every JDK. */
class FileTriggerSpec :
    FunSpec({
        lateinit var folder: Path
        beforeEach { folder = Files.createTempDirectory("manhole-test") }
        afterEach { folder.toFile().deleteRecursively() }

        for (jdk in Jdk.all) {
            context("on $jdk") {
                test("the worker that is named opens for one client, again and again, and no other does") {
                    val file = folder.resolve("trigger")
                    SampleProcess(jdk, "$file").use { sample ->
                        val workers = sample.workers
                        workers.size shouldBe 3
                        workers.filter { socket(it).exists() } shouldBe emptyList()

                        val order = listOf(workers[1], workers[1], workers[0], workers[2], workers[1])
                        for ((round, worker) in order.withIndex()) {
                            write(file, "$worker\n", replace = round % 2 == 1)
                            awaitThat({ "no ${socket(worker)}: ${sample.output()}" }) { socket(worker).exists() }
                            workers.filter { socket(it).exists() } shouldBe listOf(worker)
                            connect(worker).use { client ->
                                client.readUntil(PlainClient.PROMPT) shouldContain "Process $worker, "
                                awaitThat({ "${socket(worker)} is still there" }) { !socket(worker).exists() }
                                shouldThrow<IOException> { PlainClient(socket(worker)) }
                                if (round == 0) {
                                    client.eval("jobs.pause()") shouldBe ""
                                    client.eval("jobs.done() >= 0") shouldBe "true\n"
                                    client.eval("jobs.resume()") shouldBe ""
                                }
                            }
                        }
                        workers.filter { socket(it).exists() } shouldBe emptyList()
                    }
                }

                for (signal in listOf("TERM", "KILL")) {
                    test(
                        "SIG$signal to the master ends the workers, a client notwithstanding",
                    ).config(enabledOrReasonIf = requireTools("kill")) {
                        val file = folder.resolve("trigger")
                        SampleProcess(jdk, "$file", "2").use { sample ->
                            val worker = sample.workers.first()
                            write(file, "$worker", replace = false)
                            connect(worker).use { client ->
                                client.greeted()
                                Programs.run("kill", "-$signal", "${sample.pid}").status shouldBe 0
                                sample.awaitEnd()
                                client.readToEnd()
                            }
                            sample.workers.filter { socket(it).exists() } shouldBe emptyList()
                        }
                    }
                }
            }
        }

        test("without a file there is a usage error") {
            SampleProcess(Jdk.current).use { sample ->
                sample.awaitEnd() shouldBe 2
                sample.output() shouldContain "usage: file-trigger FILE [WORKERS]"
            }
        }
    })

private fun socket(pid: Long) = Path.of("/tmp/manhole-$pid")

/** The file of a socket is there a moment before somebody listens at it. */
private fun connect(pid: Long): PlainClient {
    var client: PlainClient? = null
    awaitThat({ "nobody listens at ${socket(pid)}" }) {
        client = runCatching { PlainClient(socket(pid)) }.getOrNull()
        client != null
    }
    return checkNotNull(client)
}

/** As `echo PID > FILE` does, or by a new file in place of the old. */
private fun write(file: Path, text: String, replace: Boolean) {
    if (replace) {
        val fresh = file.resolveSibling("fresh").apply { writeText(text) }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE)
    } else {
        file.writeText(text)
    }
}
