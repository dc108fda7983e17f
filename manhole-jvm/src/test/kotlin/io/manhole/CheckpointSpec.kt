package io.manhole

import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.shouldBe
import io.manhole.testing.Jdk
import io.manhole.testing.ManholeSpec
import io.manhole.testing.PlainClient
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import kotlin.io.path.exists
import kotlin.io.path.writeText

/** CRaC through the interface of `org.crac`, which needs no JDK that can really do it. */
class CheckpointSpec : ManholeSpec() {
    private fun target(jdk: Jdk, vararg options: String) =
        closing(
            TargetJvm(
                jdk,
                Target::class.java.name,
                jvmArguments = listOf("-Dorg.crac.Core.Compat=io.manhole.crac"),
                arguments = options.toList(),
            ),
        ).also { it.awaitLine("installed") }

    private fun checkpoint(target: TargetJvm) {
        target.tell("checkpoint")
        target.awaitLine("restored")
        target.output shouldContain "in the way of the checkpoint: []"
    }

    private fun visit(target: TargetJvm) = PlainClient.whenOpen(target.socketPath).use { it.greeted().eval("help()") }

    init {
        for (jdk in Jdk.all) {
            context("$jdk") {
                test("patch_fork: a manhole is closed for a checkpoint, clients included, and open again in the restored process") {
                    val target = target(jdk)
                    val client = PlainClient.whenOpen(target.socketPath).greeted()
                    checkpoint(target)
                    client.use { it.readToEnd() }
                    visit(target)
                }

                test("reinstall_delay: it opens so long after the restore") {
                    val target = target(jdk, "reinstallDelay=300ms")
                    visit(target)
                    checkpoint(target)
                    visit(target)
                }

                test("a dormant one stays dormant, and its trigger file is watched again") {
                    val file = testFolder.resolve("trigger")
                    val target = target(jdk, "triggerFile=$file")
                    file.writeText("${target.pid}")
                    visit(target)
                    awaitThat { !target.socketPath.exists() }
                    checkpoint(target)
                    target.socketPath.exists() shouldBe false
                    file.writeText("${target.pid}\n")
                    visit(target)
                }
            }
        }
    }
}
