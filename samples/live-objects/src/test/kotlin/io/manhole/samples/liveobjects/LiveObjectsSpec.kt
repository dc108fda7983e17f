package io.manhole.samples.liveobjects

import io.kotest.assertions.nondeterministic.eventually
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.testing.Jdk
import kotlin.io.path.exists
import kotlin.time.Duration.Companion.seconds

class LiveObjectsSpec :
    FunSpec({
        for (jdk in Jdk.all) {
            context("on $jdk") {
                test("says its pid, serves orders, and is gone with its socket on SIGTERM") {
                    SampleProcess.start(jdk).use { sample ->
                        sample.output() shouldContain "pid ${sample.pid}"
                        eventually(20.seconds) { sample.uri.toURL().readText().lines().count { "SHIPPED" in it } shouldBe 4 }
                        sample.socket.exists() shouldBe true
                        sample.terminate() shouldBe 128 + 15
                        sample.socket.exists() shouldBe false
                        sample.output() shouldContain "live-objects stopped"
                    }
                }

                test("says when its port is taken") {
                    SampleProcess.start(jdk).use { first ->
                        val port = first.uri.port
                        SampleProcess.launch(jdk, arguments = listOf("$port")).use { second ->
                            second.awaitExit() shouldBe 1
                            second.output() shouldContain "cannot listen on port $port"
                        }
                    }
                }
            }
        }

        test("an argument that is no port is a usage error") {
            SampleProcess.launch(arguments = listOf("http")).use { sample ->
                sample.awaitExit() shouldBe 2
                sample.output() shouldContain "usage: live-objects [PORT]"
            }
        }
    })
