package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.longs.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.repl.RecordingContext
import io.manhole.repl.Repl
import io.manhole.repl.ReplContext
import io.manhole.repl.replContract
import io.manhole.testing.awaitThat
import java.lang.ref.WeakReference
import java.util.function.Supplier

/** The stock engine, with the same contract; and what it cannot do, or does in another way than the default one. */
class StockReplContractSpec :
    FunSpec({
        val others = compilersLoaders()
        val keeper = mutableListOf(StockReplProvider().open(RecordingContext()))
        keeper[0].eval("1")
        val loader = WeakReference(compilersLoaders().single { it !in others })
        afterSpec { keeper.forEach(Repl::close) }

        fun open(context: ReplContext): Repl = StockReplProvider().open(context)

        replContract(KOTLIN, ::open)

        test("lambdas, proxies and classes without a name among the bindings do not break it") {
            val bindings =
                mapOf("lambda" to { x: Int -> x + 1 }, "supplier" to Supplier { "supplied" }, "hidden" to HiddenService(), "when" to 1)
            open(RecordingContext(bindings)).use {
                it.show("lambda(1)") shouldBe "2: Any"
                it.show("supplier.get()") shouldBe "supplied: Any"
                it.show("hidden.get()") shouldBe "hidden: String"
                it.show("`when` + 1") shouldBe "2: Int"
            }
        }

        test("both engines at a time, and system properties as they were before the first after the last") {
            fun properties() = System.getProperties().stringPropertyNames().filter { it.startsWith("idea.") }.toSet()
            SharedSessions.open().use { other ->
                open(RecordingContext()).use {
                    it.show("val x = 1; x") shouldBe "1: Int"
                    other.show("val x = 2; x") shouldBe "2: Int"
                    it.show("x") shouldBe "1: Int"
                }
                val while2 = properties()
                other.show("x") shouldBe "2: Int"
                properties() shouldBe while2
            }
        }

        test("it knows the language of Kotlin 1.9, which has no guards in when") {
            open(RecordingContext()).use { it.show("val n: Any = 1; when (n) { is Int if n > 0 -> 1; else -> 2 }") shouldContain "1:" }
        }

        test("it does not complete") { keeper[0].complete("listOf(1).", 10) shouldBe emptyList() }

        test("its results have names, but none that is the same for the latest") {
            open(RecordingContext()).use {
                it.show("41")
                it.show("res") shouldStartWith "1:1 "
            }
        }

        test("a text of which the compiler has much to keep does not fill the heap") {
            open(RecordingContext()).use {
                val text = "val list = listOf(1, 2).map { n -> n + 1 }.filter { n -> n > 0 }.associateWith { n -> \"<\$n>\" }; list.size"
                repeat(10) { _ -> it.show(text) shouldBe "2: Int" }
                val before = usedHeap()
                repeat(30) { _ -> it.show(text) shouldBe "2: Int" }
                (usedHeap() - before) / 30 shouldBeLessThan 400_000L // without the cure it is twice that
            }
        }

        test("it goes whole with its last session") {
            keeper.removeAt(0).close()
            awaitThat({ "the engine is still in memory" }) {
                System.gc()
                loader.get() == null
            }
        }
    })

private fun compilersLoaders(): List<ClassLoader> =
    Thread.getAllStackTraces().keys.filter { it.name == CompilerThread.NAME }.mapNotNull { it.contextClassLoader }

private fun usedHeap(): Long {
    repeat(3) { System.gc() }
    return Runtime.getRuntime().let { it.totalMemory() - it.freeMemory() }
}
