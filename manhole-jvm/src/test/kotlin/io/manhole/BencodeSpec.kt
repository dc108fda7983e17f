package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.manhole.nrepl.BencodeException
import io.manhole.nrepl.BencodeReader
import io.manhole.nrepl.BencodeWriter
import java.io.EOFException
import kotlin.random.Random

class BencodeSpec : FunSpec() {
    private fun read(text: String) = BencodeReader(text.toByteArray().inputStream(), 1000).read()

    init {
        test("a dictionary of everything comes back as it went") {
            val message =
                mapOf("a" to 42L, "b" to "ä€😀", "c" to listOf("x", -1L, mapOf("y" to emptyList<Any>())), "d" to emptyMap<String, Any>())
            BencodeReader(BencodeWriter.write(message).inputStream(), 1000).read() shouldBe message
        }

        test("keys are written in their order, as the format demands") {
            String(BencodeWriter.write(mapOf("b" to 1, "a" to 2))) shouldBe "d1:ai2e1:bi1ee"
        }

        test("the end of the stream between messages is no error") {
            read("").shouldBeNull()
        }

        test("the end of the stream inside a message is one") {
            shouldThrow<EOFException> { read("d1:a") }
            shouldThrow<EOFException> { read("d1:a10:x") }
        }

        listOf(
            "i1e" to "expected a dictionary",
            "d1:ai12345678901234567890123ee" to "more than 20 digits",
            "d1:aixee" to "not an integer",
            "d1:a5000:" to "limit is 1000 bytes",
            "d1:a99999999999999999999:" to "limit is 1000 bytes",
            "di1ei2ee" to "expected the length of a string",
            "d1:a" + "l".repeat(100) to "nested more than",
            "d1:a" + "i1e".repeat(500) to "expected the length",
            "d" + "1:ai1e".repeat(500) to "longer than the limit",
        ).forEach { (text, complaint) ->
            test("${text.take(30)} is refused: $complaint") {
                shouldThrow<BencodeException> { read(text) }.message shouldContain complaint
            }
        }

        test("no bytes at all make the reader throw anything but an IOException") {
            val random = Random(7)
            val alphabet = "dlie0123456789:-ax".toByteArray()
            repeat(20_000) {
                val bytes = ByteArray(random.nextInt(40)) { alphabet[random.nextInt(alphabet.size)] }
                try {
                    BencodeReader((byteArrayOf('d'.code.toByte()) + bytes).inputStream(), 1000).read()
                } catch (e: java.io.IOException) {
                    e.message shouldContain Regex(".")
                }
            }
        }
    }
}
