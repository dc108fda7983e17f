package io.manhole

import io.kotest.core.spec.style.FunSpec
import io.manhole.repl.ReplLanguage
import io.manhole.repl.Stubborn
import io.manhole.repl.completionContract
import io.manhole.repl.replContract
import io.manhole.testing.FakeRepl
import java.util.concurrent.CountDownLatch

/** The fake keeps the contract that the engines keep, so what is tested with it holds for them. */
class FakeReplContractSpec :
    FunSpec({
        val fake =
            ReplLanguage(
                two = "run two",
                twoType = null,
                declareX = "let x 5",
                xPlusOne = "x plus 1",
                nullValue = "null",
                noValue = "nothing",
                incomplete = "begin",
                wrongOnLineTwo = "1\nreject",
                declareYThenThrow = "let y 1 run throw",
                y = "y plus 0",
                overflow = "run overflow",
                exhaust = "run exhaust",
                callFail = "fail()",
                objects = "objects",
                loopForEver = "run loop",
                sleepForEver = "run sleep",
                declareYThenWait = "let y 1 let x 1 run stubborn",
                endlessToString = "run endless",
            )

        fun overflow(n: Int): Int = overflow(n + 1) + 1

        lateinit var current: FakeRepl
        beforeTest {
            FakeRepl.actions["two"] = { 2 }
            FakeRepl.actions["throw"] = { error("thrown") }
            FakeRepl.actions["overflow"] = { overflow(0) }
            FakeRepl.actions["exhaust"] = { List(1000) { LongArray(1 shl 26) }.size }
            FakeRepl.actions["loop"] = {
                (it.bindings()["started"] as CountDownLatch).countDown()
                while (!current.isInterrupted) Thread.onSpinWait()
                error("interrupted")
            }
            FakeRepl.actions["endless"] = {
                val started = it.bindings()["started"] as CountDownLatch
                object {
                    override fun toString(): String {
                        started.countDown()
                        while (!current.isInterrupted) Thread.onSpinWait()
                        return "interrupted"
                    }
                }
            }
            FakeRepl.actions["stubborn"] = { (it.bindings()["stubborn"] as Stubborn).await() }
            FakeRepl.actions["sleep"] = {
                (it.bindings()["started"] as CountDownLatch).countDown()
                CountDownLatch(1).await()
            }
        }
        afterTest { FakeRepl.reset() }
        replContract(fake) { context -> FakeRepl(context).also { current = it } }
        completionContract(fake) { context -> FakeRepl(context).also { current = it } }
    })
