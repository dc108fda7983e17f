package io.manhole.repl

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.types.shouldBeInstanceOf
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** What the session of every engine does that completes and looks up names. */
fun FunSpec.completionContract(language: ReplLanguage, open: (ReplContext) -> Repl) {
    val objects = mutableListOf("one")
    val fail = ReplCommand("fail", emptyList(), "does nothing") { null }

    fun session(vararg more: Pair<String, Any?>, use: (Repl) -> Unit) =
        open(RecordingContext(mapOf("objects" to objects, *more), listOf(fail))).use(use)

    test("members of a binding and names of the session are offered, and nothing is evaluated for it") {
        val watched = Watched()
        session("watched" to watched) {
            it.eval(language.declareX)
            withClue("watched.") {
                it.complete("watched.", 8).map { c -> c.candidate().lowercase() }.count { c -> "value" in c } shouldNotBe
                    0
            }
            withClue("x") { it.complete("x", 1).map { c -> c.candidate() } shouldContain "x" }
            it.complete("watched.to", 10).map { c -> c.start() }.distinct() shouldBe listOf(8)
            withClue("fai") { it.complete("fai", 3).map { c -> c.candidate() } shouldContain "fail" }
            it.complete("nothing.there.at.all.", 21) shouldBe emptyList()
            it.lookup("watched.value", 13)
            it.lookup("watched.getValue()", 12)
            watched.calls shouldBe 0
            it.eval(language.two).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 2
        }
    }

    test("a name that is known can be looked up, and one that is not cannot") {
        session {
            it.eval(language.declareX)
            it.lookup("x", 1).shouldNotBeNull().name() shouldBe "x"
            it.lookup("objects", 3 + 4).shouldNotBeNull().kind() shouldBe "property"
            it.lookup("neverHeardOf", 12) shouldBe null
            it.lookup("", 0) shouldBe null
        }
    }

    test("completions are to be had while an evaluation runs") {
        val started = CountDownLatch(1)
        session("started" to started) {
            it.eval(language.declareX)
            val evaluation = Evaluation(it, language.sleepForEver)
            started.await(60, TimeUnit.SECONDS) shouldBe true
            it.complete("objec", 5).map { c -> c.candidate() } shouldContain "objects"
            evaluation.interrupt()
            evaluation.await().shouldBeInstanceOf<EvalResult.Failed>()
        }
    }
}

/** Counts how often it is looked at. */
class Watched {
    var calls = 0
        private set

    val value: Int
        get() {
            calls++
            return calls
        }

    override fun toString(): String {
        calls++
        return "watched"
    }
}
