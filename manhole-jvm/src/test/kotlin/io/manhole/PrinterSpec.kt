package io.manhole

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.inBackground
import java.nio.ByteBuffer
import java.util.Collections
import java.util.Optional
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicReference
import java.util.stream.Stream

/** How a value is written at the prompt. */
class PrinterSpec : FunSpec() {
    private class Failing {
        override fun toString(): String = error("no luck")
    }

    private data class Order(val id: Int, val lines: List<String>)

    /** As a collection of an object-relational mapper is: to read it is to ask the database. */
    private class Lazy : AbstractList<String>() {
        override val size: Int get() = error("a query")

        override fun get(index: Int): String = error("a query")
    }

    private class Registry : ConcurrentHashMap<String, Int>()

    private fun print(value: Any?) = Printer.print(value)

    init {
        test("plain values are what they say themselves") {
            print(null) shouldBe "null"
            print("text with \"quotes\"\nand lines") shouldBe "text with \"quotes\"\nand lines"
            print(42L) shouldBe "42"
            print('c') shouldBe "c"
            print(TimeUnit.DAYS) shouldBe "DAYS"
            print(Order(1, listOf("a", "b"))) shouldBe "Order(id=1, lines=[a, b])"
            print(Unit) shouldBe "kotlin.Unit"
        }

        test("collections, maps and arrays of all kinds, in each other") {
            print(listOf(1, null, "a", listOf(2.5))) shouldBe "[1, null, a, [2.5]]"
            print(mapOf("a" to intArrayOf(1, 2), "b" to setOf(true))) shouldBe "{a=[1, 2], b=[true]}"
            print(arrayOf<Any?>(arrayOf("x"), charArrayOf('y'), doubleArrayOf(), null)) shouldBe "[[x], [y], [], null]"
            print(Collections.unmodifiableList(ArrayDeque(listOf(1, 2)))) shouldBe "[1, 2]"
            print(mapOf(1 to 2).entries.first()) shouldBe "1=2"
        }

        test("a long collection is cut, and its size told where that costs nothing") {
            print((1..1000).toList()) shouldEndWith ", 99, 100, … 900 more]"
            print(IntArray(200)) shouldEndWith ", 0, … 100 more]"
            print((1..200).associateWith { it }) shouldEndWith ", 100=100, … 100 more}"
            print(Collections.synchronizedList((1..200).toMutableList())) shouldEndWith ", 100, …]"
            print(java.util.concurrent.ConcurrentLinkedQueue((1..200).toList())) shouldEndWith ", 100, …]"
        }

        test("no lock is waited for that somebody else holds around a synchronized list") {
            val list = Collections.synchronizedList((1..200).toMutableList())
            val held = CountDownLatch(1)
            val release = CountDownLatch(1)
            val holder =
                inBackground {
                    synchronized(list) {
                        held.countDown()
                        release.await()
                    }
                }
            held.await(30, TimeUnit.SECONDS) shouldBe true
            inBackground { print(list) }.get(30, TimeUnit.SECONDS) shouldStartWith "[1, 2, "
            release.countDown()
            holder.get(30, TimeUnit.SECONDS)
        }

        test("a collection within itself is not followed") {
            val list = mutableListOf<Any?>(1)
            list.add(list)
            print(list) shouldBe "[1, (cycle)]"
            val map = HashMap<String, Any?>()
            map["list"] = listOf(map)
            print(map) shouldBe "{list=[(cycle)]}"
            val twice = listOf(1)
            print(listOf(twice, twice)) shouldBe "[[1], [1]]"
            val array = arrayOfNulls<Any>(1)
            array[0] = array
            print(array) shouldBe "[(cycle)]"
        }

        test("depth ends somewhere") {
            var deep: Any = listOf(1)
            repeat(10_000) { deep = listOf(deep) }
            print(deep) shouldBe "[[[[[[[…]]]]]]]"
        }

        test("long text is cut, in a collection so that the rest is seen") {
            print("x".repeat(70_000)) shouldBe "x".repeat(65_536) + "… (cut after 65536 chars)"
            print(listOf("x".repeat(5_000), "seen")) shouldBe "[" + "x".repeat(4_096) + "… 904 more chars, seen]"
            print(List(100) { List(100) { "x".repeat(4_000) } }).length shouldBeLessThan 66_000
            print("\ud83d\ude00".repeat(40_000)) shouldStartWith "\ud83d\ude00"
            print("x" + "\ud83d\ude00".repeat(40_000)).removeSuffix("… (cut after 65536 chars)").last().isLowSurrogate() shouldBe true
        }

        test("bytes are hexadecimal, with their number") {
            print("Hello".toByteArray()) shouldBe "byte[5] 48 65 6c 6c 6f"
            print(ByteArray(100) { -1 }) shouldEndWith " ff … 36 more"
            val buffer = ByteBuffer.wrap(byteArrayOf(1, 2, 3)).position(1)
            print(buffer) shouldBe "ByteBuffer[2] 02 03"
            buffer.remaining() shouldBe 2
        }

        test("an exception is its class, its message, and what began it") {
            print(IllegalStateException("thrown")) shouldBe "java.lang.IllegalStateException: thrown"
            print(IllegalStateException("outer", RuntimeException(java.io.IOException("inner")))) shouldBe
                "java.lang.IllegalStateException: outer (caused by java.io.IOException: inner)"
        }

        test("what fails when it is printed is said to, and the rest is printed") {
            print(Failing()) shouldMatch "<.*Failing, whose toString\\(\\) threw java.lang.IllegalStateException: no luck>"
            print(listOf(1, Failing(), 2)) shouldMatch "\\[1, <.*no luck>, 2]"
            val endless =
                object {
                    override fun toString(): String = "" + this
                }
            print(listOf(endless, 2)) shouldMatch "\\[<.*StackOverflowError>, 2]"
        }

        test("what the application changes meanwhile is shown as far as it was read") {
            val list = ArrayList<Any>(listOf(1, 2, 3))
            list[1] =
                object {
                    override fun toString() = "two".also { list += 4 }
                }
            print(list) shouldBe "[1, two,  … (changed while it was read)]"
        }

        test("nothing is used up, and nothing waited for") {
            val iterator = listOf(1).iterator()
            print(iterator) shouldContain "not read"
            iterator.next() shouldBe 1
            val stream = Stream.of(1)
            print(stream) shouldContain "not read"
            stream.count() shouldBe 1
            print(sequenceOf(1)) shouldContain "@"
            print(CompletableFuture<Int>()) shouldBe "CompletableFuture(not done)"
            print(CompletableFuture.completedFuture(listOf(1))) shouldBe "CompletableFuture([1])"
            print(CompletableFuture.failedFuture<Int>(RuntimeException("no"))) shouldBe
                "CompletableFuture(failed: java.lang.RuntimeException: no)"
            print(Optional.of(listOf(1))) shouldBe "Optional[[1]]"
            print(AtomicReference(listOf(1))) shouldBe "[1]"
            print(lazy { error("computed") }) shouldBe "Lazy value not initialized yet."
        }

        test("a collection that might be read from a database is not read, and one that lies in memory is") {
            print(Lazy()) shouldMatch "PrinterSpec\\\$Lazy@[0-9a-f]+ \\(not read: that might run a query; show\\(x\\) reads it\\)"
            print(listOf(Lazy(), 1)) shouldEndWith ", 1]"
            print(Registry().apply { put("a", 1) }) shouldBe "{a=1}"
        }

        test("printing ends between two elements when the user has had enough") {
            var printed = 0
            val element =
                object {
                    override fun toString() = "x".also { printed++ }
                }
            shouldThrow<CancellationException> { Printer.print(List(50) { element }, PrintLimits.PROMPT) { printed == 10 } }
            printed shouldBe 10
        }
    }
}
