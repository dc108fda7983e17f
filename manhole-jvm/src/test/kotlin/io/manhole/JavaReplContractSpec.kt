package io.manhole

import io.kotest.core.spec.style.FunSpec
import io.manhole.repl.ReplLanguage
import io.manhole.repl.completionContract
import io.manhole.repl.replContract

class JavaReplContractSpec :
    FunSpec({
        val java =
            ReplLanguage(
                two = "1 + 1",
                twoType = "int",
                declareX = "int x = 5",
                xPlusOne = "x + 1",
                nullValue = "null",
                noValue = "System.out.flush()",
                incomplete = "int f() {",
                wrongOnLineTwo = "1\n  undefined",
                declareYThenThrow = "int y = 1; throw new IllegalStateException(\"thrown\")",
                y = "y",
                overflow = "int f(int n) { return f(n + 1) + 1; } f(0)",
                exhaust = "List<long[]> all = new ArrayList<>(); while (true) { all.add(new long[1 << 24]); }",
                callFail = "fail()",
                objects = "objects",
                loopForEver = "started.countDown(); while (true) {}",
                sleepForEver = "started.countDown(); Thread.sleep(Long.MAX_VALUE)",
                declareYThenWait = "int y = 1; int x = 1; stubborn.await(); while (true) {}",
                endlessToString = "class Endless { public String toString() { started.countDown(); while (true) {} } } new Endless()",
            )
        replContract(java, JavaPrompt::open)
        completionContract(java, JavaPrompt::open)
    })
