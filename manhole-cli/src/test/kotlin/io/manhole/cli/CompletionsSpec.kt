package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.manhole.cli.Completions.Candidate

/** What a server's answer is taken for. Nothing in it can be relied on. */
class CompletionsSpec :
    FunSpec({
        fun candidate(vararg fields: Pair<String, Any>) = mapOf(*fields)

        test("candidates with the place where they begin, and their types or kinds") {
            val answer =
                mapOf(
                    "manhole/start" to 3L,
                    "completions" to
                        listOf(
                            candidate("candidate" to "size", "type" to "property", "manhole/type" to "Int"),
                            candidate("candidate" to "sum", "type" to "function"),
                            candidate("candidate" to "x"),
                        ),
                )
            Completions.of(Message(answer)) shouldBe
                Completions(3, listOf(Candidate("size", "Int"), Candidate("sum", "function"), Candidate("x", null)))
        }

        test("what is not as it should be is left out") {
            Completions.of(Message(mapOf("status" to listOf("unknown-op")))) shouldBe Completions.NONE
            Completions.of(Message(mapOf("manhole/start" to "x", "completions" to listOf(candidate("candidate" to "a"))))) shouldBe
                Completions.NONE
            val odd = listOf("text", 1L, candidate("candidate" to 5L), candidate("candidate" to "a", "type" to 1L))
            Completions.of(Message(mapOf("manhole/start" to 0L, "completions" to odd))) shouldBe
                Completions(0, listOf(Candidate("a", null)))
        }

        test("the prompt's own commands are completed by their beginning") {
            Completions.among(listOf(":help", ":history", ":quit"), ":h").candidates().map { it.text() } shouldBe
                listOf(":help", ":history")
        }
    })
