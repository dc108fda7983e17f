package io.manhole.kotlin

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.manhole.repl.RecordingContext

/** The language, by the examples in the corpus. */
class CorpusSpec :
    FunSpec({
        val groups = Corpus.read()

        for (group in groups) {
            test("${group.file.removeSuffix(".txt")}: ${group.name}") {
                SharedSessions.open(RecordingContext(CorpusBindings.make())).use { session ->
                    val wrong =
                        group.steps.mapNotNull { step ->
                            val isComplete = session.isComplete(step.text)
                            val found = Corpus.evaluate(session, step.text)
                            val expected = step.expected
                            when {
                                !Corpus.isAsExpected(found, expected) -> {
                                    "${group.file}:${step.line}: ${step.text}\n  expected $expected\n  but was  $found"
                                }

                                isComplete == ("?" in expected) -> {
                                    "${group.file}:${step.line}: ${step.text}\n  isComplete() is $isComplete"
                                }

                                else -> {
                                    null
                                }
                            }
                        }
                    withClue(wrong.joinToString("\n")) { wrong.shouldBeEmpty() }
                }
            }
        }

        test("the corpus has the size it was meant to have, and an example that fails is found") {
            groups.sumOf { it.steps.size } shouldBeGreaterThan 300
            Corpus.isAsExpected(listOf("= 2: Int"), listOf("= 3: Int")) shouldBe false
            Corpus.isAsExpected(listOf("< printed"), emptyList()) shouldBe false
            Corpus.isAsExpected(emptyList(), listOf("= 2: Int")) shouldBe false
            Corpus.isAsExpected(listOf("! 1:1 Unresolved reference 'a'."), listOf("! 1:2 Unresolved")) shouldBe false
            Corpus.isAsExpected(listOf("! 1:1 Unresolved reference 'a'."), listOf("! 1:1 mismatch")) shouldBe false
            Corpus.isAsExpected(listOf("* java.io.IOException: disk full"), listOf("* java.io.IOException: full")) shouldBe true
            Corpus.isAsExpected(listOf("* java.io.IOException: disk full"), listOf("* java.io.EOFException: full")) shouldBe false
        }
    })
