package io.manhole.kotlin

import io.kotest.core.spec.style.FunSpec
import io.manhole.repl.ReplLanguage
import io.manhole.repl.completionContract
import io.manhole.repl.replContract

/** What the contract says in Kotlin. */
internal val KOTLIN =
    ReplLanguage(
        two = "1 + 1",
        twoType = "Int",
        declareX = "val x = 5",
        xPlusOne = "x + 1",
        nullValue = "null",
        noValue = "Unit",
        incomplete = "fun f() {",
        wrongOnLineTwo = "1\n  undefined",
        declareYThenThrow = "val y = 1; throw IllegalStateException(\"thrown\")",
        y = "y",
        overflow = "fun f(n: Int): Int = f(n + 1) + 1; f(0)",
        exhaust = "val all = ArrayList<LongArray>(); while (true) { all.add(LongArray(1 shl 24)) }",
        callFail = "fail()",
        objects = "objects",
        loopForEver = "started.countDown(); while (true) {}",
        sleepForEver = "started.countDown(); Thread.sleep(Long.MAX_VALUE)",
        declareYThenWait = "val y = 1; val x = 1; stubborn.await(); while (true) {}",
        endlessToString = "class Endless { override fun toString(): String { started.countDown(); while (true) {} } }; Endless()",
    )

class KotlinReplContractSpec :
    FunSpec({
        replContract(KOTLIN, SharedSessions::open)
        completionContract(KOTLIN, SharedSessions::open)
    })
