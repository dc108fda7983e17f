package io.manhole.kotlin

import io.kotest.assertions.fail
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldNotContain
import io.manhole.repl.EvalResult
import io.manhole.repl.Evaluation
import io.manhole.repl.RecordingContext
import io.manhole.repl.Repl
import java.util.concurrent.TimeoutException
import kotlin.random.Random

/** Texts that end, begin or break off where nobody would: some of all ways to cut the corpus, other ones when it changes. */
class CutTextSpec :
    FunSpec({
        val texts = Corpus.read().flatMap { group -> group.steps.map { it.text } }.filter { it.length > 3 }
        val random = Random(texts.size)

        fun boundaries(text: String) = TOKEN.findAll(text).map { it.range.last + 1 }.toList()

        fun cut(text: String): String {
            val at = boundaries(text).random(random)
            return when (random.nextInt(4)) {
                0 -> text.drop(at)
                1 -> text.take(at) + text.drop(boundaries(text).random(random))
                else -> text.take(at)
            }
        }

        test("a cut text is evaluated, rejected or asked to go on; the compiler does not fail, and the session goes on") {
            SharedSessions.open(RecordingContext(CorpusBindings.make())).use { session ->
                repeat(SAMPLES) {
                    val text = cut(texts.random(random))
                    withClue("the text: $text") {
                        val isComplete = session.isComplete(text)
                        val result = session.evalOrInterrupt(text)
                        (result is EvalResult.Incomplete) shouldBe !isComplete
                        if (result is EvalResult.Rejected) {
                            result.diagnostics().joinToString { it.message() } shouldNotContain
                                "compiler failed"
                        }
                    }
                }
                session.show("1 + 1") shouldBe "2: Int"
            }
        }
    })

private const val SAMPLES = 250
private val TOKEN = Regex("\\w+|\\s+|[^\\w\\s]")

/** A cut may make an endless loop of one that ends. */
private fun Repl.evalOrInterrupt(text: String): EvalResult {
    val evaluation = Evaluation(this, text)
    return try {
        evaluation.await(30)
    } catch (_: TimeoutException) {
        evaluation.interrupt()
        try {
            evaluation.await(30)
        } catch (_: TimeoutException) {
            fail("neither ends nor can be interrupted")
        }
    }
}
