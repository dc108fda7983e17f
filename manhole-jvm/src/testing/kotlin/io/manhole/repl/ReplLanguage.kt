package io.manhole.repl

/**
 * What the contract of every [Repl] needs to say in the engine's language. Of the names used, `started` is a binding of type
 * `CountDownLatch` to be counted down, and `fail` a command without parameters.
 *
 * @property two an expression whose value is 2
 * @property twoType its static type, or null if the engine does not know types
 * @property declareX declares `x` as 5
 * @property xPlusOne an expression whose value is `x` plus 1
 * @property nullValue an expression whose value is null
 * @property noValue what has no value when it is run
 * @property incomplete what needs more lines
 * @property wrongOnLineTwo what cannot be compiled because of its second line, third column
 * @property declareYThenThrow declares `y`, then throws an `IllegalStateException` with the message `thrown`
 * @property y an expression with the value of `y`
 * @property overflow recurses without end
 * @property exhaust needs more memory than there is
 * @property callFail calls the command `fail`
 * @property objects an expression whose value is the binding `objects`
 * @property loopForEver counts down `started`, then loops without end
 * @property declareYThenWait declares `y` and `x` as 1, then calls `await()` of the binding `stubborn`, a [Stubborn], and then loops
 * without end
 * @property endlessToString counts down `started` and loops without end when its value is printed
 * @property sleepForEver counts down `started`, then waits without end
 */
class ReplLanguage(
    val two: String,
    val twoType: String?,
    val declareX: String,
    val xPlusOne: String,
    val nullValue: String,
    val noValue: String,
    val incomplete: String,
    val wrongOnLineTwo: String,
    val declareYThenThrow: String,
    val y: String,
    val overflow: String,
    val exhaust: String,
    val callFail: String,
    val objects: String,
    val loopForEver: String,
    val sleepForEver: String,
    val declareYThenWait: String,
    val endlessToString: String,
)
