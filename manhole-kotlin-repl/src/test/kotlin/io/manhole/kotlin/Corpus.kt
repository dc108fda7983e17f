package io.manhole.kotlin

import io.manhole.repl.EvalResult
import io.manhole.repl.Repl
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readLines
import kotlin.io.path.toPath

/**
 * The language by examples, in text files. A file is a topic, `== ` begins a group, and each group has a session of its own:
 *
 * ```
 * # a comment
 * == what the group shows
 * > what the user types
 * | and its further lines
 * < what is printed, line by line
 * = value: Type
 * ! line:column a part of the compiler's message
 * * class.of.Exception: a part of its message
 * ? if more lines are needed
 * ```
 *
 * Without any of the last five, there is no value. Line ends within a value are written `\n`.
 */
internal object Corpus {
    class Group(val file: String, val line: Int, val name: String, val steps: List<Step>)

    /** One input. [expected] are the lines that say what comes of it. */
    class Step(val line: Int, val text: String, val expected: List<String>)

    fun read(): List<Group> =
        checkNotNull(Corpus::class.java.getResource("/corpus")) { "no corpus among the resources" }
            .toURI()
            .toPath()
            .listDirectoryEntries("*.txt")
            .sortedBy { it.name }
            .flatMap(::read)

    fun read(file: Path): List<Group> {
        val lines = file.readLines()
        val starts = lines.indices.filter { lines[it].startsWith("== ") }
        return starts.mapIndexed { index, start ->
            val end = starts.getOrElse(index + 1) { lines.size }
            Group(file.name, start + 1, lines[start].removePrefix("== "), steps(file.name, lines, start + 1, end))
        }
    }

    private fun steps(file: String, lines: List<String>, from: Int, to: Int): List<Step> {
        val steps = ArrayList<Step>()
        for (index in from until to) {
            val line = lines[index]
            val last = steps.lastOrNull()
            when {
                line.isBlank() || line.startsWith("#") -> {
                    Unit
                }

                line.startsWith("> ") -> {
                    steps += Step(index + 1, line.drop(2), emptyList())
                }

                line == ">" -> {
                    steps += Step(index + 1, "", emptyList())
                }

                last == null -> {
                    error("$file:${index + 1}: expected an input: $line")
                }

                line == "|" || line.startsWith("| ") -> {
                    steps[steps.lastIndex] = Step(last.line, last.text + "\n" + line.drop(2), last.expected)
                }

                line[0] in "<=!*?" -> {
                    steps[steps.lastIndex] = Step(last.line, last.text, last.expected + line)
                }

                else -> {
                    error("$file:${index + 1}: not understood: $line")
                }
            }
        }
        return steps
    }

    /** What came of the text, written as in the files. */
    fun evaluate(session: Repl, text: String): List<String> {
        val printed = ByteArrayOutputStream()
        val before = System.out
        val out = PrintStream(printed, true, Charsets.UTF_8)
        System.setOut(out)
        val result =
            try {
                session.eval(text)
            } finally {
                System.setOut(before)
            }
        val text = printed.toString(Charsets.UTF_8)
        val lines = if (text.isEmpty()) emptyList() else text.removeSuffix("\n").lines()
        return lines.map { "< $it".trimEnd() } + outcome(result)
    }

    private fun outcome(result: EvalResult): List<String> =
        when (result) {
            is EvalResult.Value -> listOf("= ${result.value()}: ${result.type()}".replace("\n", "\\n"))
            is EvalResult.NoValue -> emptyList()
            is EvalResult.Incomplete -> listOf("?")
            is EvalResult.Rejected -> result.diagnostics().map { "! ${it.line()}:${it.column()} ${it.message()}".replace("\n", "\\n") }
            is EvalResult.Failed -> listOf("* ${result.thrown()}".replace("\n", "\\n"))
        }

    /** Whether it is as expected: messages need only have the expected part, and the first diagnostics count. */
    fun isAsExpected(found: List<String>, expected: List<String>): Boolean {
        val compared = if (expected.all { it.startsWith("!") } && expected.isNotEmpty()) found.take(expected.size) else found
        return compared.size == expected.size && compared.zip(expected).all { (one, other) -> matches(one, other) }
    }

    private fun matches(found: String, expected: String): Boolean =
        when (expected[0]) {
            '!' -> {
                parts(expected, ' ', 3).let { (_, position, message) -> found.startsWith("! $position ") && message in found }
            }

            '*' -> {
                val (type, message) = parts(expected.drop(2), ':', 2)
                found.startsWith("* $type") && message.trim() in found.removePrefix("* $type")
            }

            else -> {
                found == expected
            }
        }

    private fun parts(line: String, separator: Char, count: Int) =
        line.split(separator, limit = count).let { it + List(count - it.size) { "" } }
}
