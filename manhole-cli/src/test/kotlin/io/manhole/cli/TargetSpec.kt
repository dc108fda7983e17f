package io.manhole.cli

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.nio.file.Path

class TargetSpec :
    FunSpec({
        test("a number is a process, whose socket is in /tmp") {
            val pid = ProcessHandle.current().pid()
            val target = Target.parse("00$pid")
            target.socket shouldBe Path.of("/tmp/manhole-$pid")
            target.process?.pid shouldBe "$pid"
            target.process?.user?.uid shouldBe User.ownerOf(Path.of("/proc/self")).uid
        }

        test("anything with a slash is a path, also of a number and of what is not there") {
            Target.parse("./1234") shouldBe Target(Path.of("./1234"), null)
            Target.parse("/no/such/socket") shouldBe Target(Path.of("/no/such/socket"), null)
        }

        test("the name of a file that is there is a path") {
            Target.parse("pom.xml") shouldBe Target(Path.of("pom.xml"), null)
        }

        test("anything else is wrong usage") {
            listOf("", "-5", "12a", "nonsense", "٣").forEach {
                val e = shouldThrow<ClientException> { Target.parse(it) }
                e.exitStatus() shouldBe ExitStatus.USAGE
                e.message shouldContain "'$it'"
            }
        }

        test("a process tells whether it is a JVM") {
            TargetProcess.self().describe() shouldContain ", a JVM)"
        }
    })
