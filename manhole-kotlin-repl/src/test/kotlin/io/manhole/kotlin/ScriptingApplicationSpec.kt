package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.manhole.repl.ReplProvider
import io.manhole.testing.Jdk

/** A Java program with the two jars on its class path or its module path, and nothing else, on every JDK beside this one. */
class ScriptingApplicationSpec :
    FunSpec({
        val ours = listOf(KotlinReplProvider::class.java, ReplProvider::class.java, ScriptingApplication::class.java).map(::location)

        for (jdk in Jdk.all) {
            test("javax.script alone, on $jdk") {
                val output = runApplication(jdk, ours, ScriptingApplication::class.java)
                withClue(output) { output.lines().filter { it.isNotBlank() } shouldBe listOf("done") }
            }
        }
    })
