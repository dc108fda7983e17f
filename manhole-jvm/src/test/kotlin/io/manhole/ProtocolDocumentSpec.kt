package io.manhole

import io.kotest.assertions.withClue
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.manhole.nrepl.BencodeReader
import io.manhole.nrepl.BencodeWriter
import io.manhole.testing.ManholeSpec
import java.nio.file.Path
import kotlin.io.path.readLines

private val UUID = Regex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

/** What docs/protocol.md shows, replayed. */
class ProtocolDocumentSpec : ManholeSpec() {
    private val document = Path.of("../docs/protocol.md").readLines()

    /** The blocks between fences with this word. */
    private fun blocks(word: String): List<List<String>> =
        document.indices.filter { document[it] == "```$word" }.map { document.drop(it + 1).takeWhile { line -> line != "```" } }

    /** Sends what the block sends, in its order, and gives all that it says is received, each as it came. */
    private fun replay(block: List<String>): List<String> {
        var client = connectNrepl()
        var shown: String? = null
        var real = ""
        val received = ArrayList<String>()
        for (line in block) {
            val text = line.drop(2).replace("\\n", "\n")
            if (line == "---") {
                client.close()
                events.awaitLine("kept")
                client = connectNrepl()
            } else if (line.startsWith("> ")) {
                client.send(shown?.let { text.replace(it, real) } ?: text)
            } else {
                val message = String(BencodeWriter.write(checkNotNull(client.next()) { "the stream ended" }))
                if (shown == null && "11:new-session" in text) {
                    shown = UUID.find(text)!!.value
                    real = UUID.find(message)!!.value
                }
                received += "< " + (shown?.let { message.replace(real, it) } ?: message).replace("\n", "\\n")
            }
        }
        client.close()
        return received
    }

    /** Answers to several requests may mix; those to one do not. */
    private fun List<String>.byId() = groupBy { BencodeReader(it.drop(2).replace("\\n", "\n").byteInputStream(), 1 shl 20).read()!!["id"] }

    init {
        test("the exchanges in nREPL are what happens, byte for byte") {
            install { engine("java").dialect(Dialect.NREPL) }
            val blocks = blocks("nrepl")
            blocks.size shouldBeGreaterThan 2
            for (block in blocks) {
                withClue(block.joinToString("\n")) {
                    replay(block).byId() shouldBe block.filter { it.startsWith("< ") }.byId()
                }
            }
        }

        test("the conversation in plain is what happens") {
            install { engine("java").dialect(Dialect.PLAIN) }
            for (block in blocks("plain")) {
                val client = connect().greeted()
                for (turn in block.joinToString("\n").split(Regex("(?m)^>>> ")).drop(1)) {
                    val (typed, answered) = turn.split("\n", limit = 2) + if ('\n' in turn) emptyList() else listOf("")
                    if (typed.isEmpty()) continue
                    var rest = answered
                    client.send(typed + "\n")
                    while (rest.startsWith("... ")) {
                        client.readUntil("... ") shouldBe "... "
                        client.send(rest.drop(4).substringBefore("\n") + "\n")
                        rest = rest.substringAfter("\n")
                    }
                    client.readUntil(">>> ").removeSuffix(">>> ").trimEnd('\n') shouldBe rest.trimEnd('\n')
                }
            }
        }
    }
}
