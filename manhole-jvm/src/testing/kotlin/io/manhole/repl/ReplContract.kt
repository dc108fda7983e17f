package io.manhole.repl

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldNotBeEmpty
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import io.manhole.testing.awaitThat
import java.util.concurrent.Callable
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

/** What every engine's session does, whatever its language. */
fun FunSpec.replContract(language: ReplLanguage, open: (ReplContext) -> Repl) {
    val thrownByCommand = RuntimeException("thrown by the command")
    val objects = mutableListOf("one")
    val fail = ReplCommand("fail", emptyList(), "throws") { throw thrownByCommand }

    fun session(vararg more: Pair<String, Any?>, use: (Repl) -> Unit) =
        open(RecordingContext(mapOf("objects" to objects, *more), listOf(fail))).use(use)

    fun Repl.isUsable() {
        eval(language.two).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 2
    }

    test("an expression has a value and a static type") {
        session { it.eval(language.two) shouldBe EvalResult.Value(2, language.twoType) }
    }

    test("a declaration has no value and can be used later") {
        session {
            it.eval(language.declareX) shouldBe EvalResult.NoValue()
            it.eval(language.xPlusOne).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 6
        }
    }

    test("null is a value, and nothing is not") {
        session {
            it.eval(language.nullValue).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe null
            it.eval(language.noValue) shouldBe EvalResult.NoValue()
            it.eval("") shouldBe EvalResult.NoValue()
            it.eval(" \n ") shouldBe EvalResult.NoValue()
        }
    }

    test("incomplete text is told from wrong text, without running either") {
        session {
            it.eval(language.incomplete) shouldBe EvalResult.Incomplete()
            it.isComplete(language.incomplete) shouldBe false
            it.isComplete(language.two) shouldBe true
            it.isComplete(language.wrongOnLineTwo) shouldBe true
        }
    }

    test("wrong text is rejected with line and column, and the session goes on") {
        session {
            val errors = it.eval(language.wrongOnLineTwo).shouldBeInstanceOf<EvalResult.Rejected>().diagnostics()
            errors.shouldNotBeEmpty()
            (errors[0].line() to errors[0].column()) shouldBe (2 to 3)
            it.isUsable()
        }
    }

    test("what throws leaves no declarations, and earlier ones remain") {
        session {
            it.eval(language.declareX)
            val thrown = it.eval(language.declareYThenThrow).shouldBeInstanceOf<EvalResult.Failed>().thrown()
            thrown.shouldBeInstanceOf<IllegalStateException>().message shouldBe "thrown"
            it.eval(language.y).shouldBeInstanceOf<EvalResult.Rejected>()
            it.eval(language.xPlusOne).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 6
        }
    }

    test("what a command throws is the very object that comes out") {
        session { it.eval(language.callFail).shouldBeInstanceOf<EvalResult.Failed>().thrown() shouldBeSameInstanceAs thrownByCommand }
    }

    test("a binding is the very object that was given") {
        session { it.eval(language.objects).shouldBeInstanceOf<EvalResult.Value>().value() shouldBeSameInstanceAs objects }
    }

    test("endless recursion and exhausted memory fail, and the session goes on") {
        session {
            it.eval(language.overflow).shouldBeInstanceOf<EvalResult.Failed>().thrown().shouldBeInstanceOf<StackOverflowError>()
            it.isUsable()
            it.eval(language.exhaust).shouldBeInstanceOf<EvalResult.Failed>().thrown().shouldBeInstanceOf<OutOfMemoryError>()
            it.isUsable()
        }
    }

    test("context class loader and interrupt status are left as they were found") {
        session {
            val loader = Thread.currentThread().contextClassLoader
            it.isUsable()
            it.eval(language.declareYThenThrow)
            Thread.currentThread().contextClassLoader shouldBeSameInstanceAs loader
            Thread.currentThread().interrupt()
            it.eval(language.two)
            withClue("interrupt status") { Thread.interrupted() shouldBe true }
            it.isUsable()
        }
    }

    for ((what, text) in mapOf("an endless loop" to language.loopForEver, "an endless wait" to language.sleepForEver)) {
        test("an interrupt stops $what, and the session goes on") {
            val started = CountDownLatch(1)
            session("started" to started) {
                it.eval(language.declareX)
                val evaluation = Evaluation(it, text)
                started.await(60, TimeUnit.SECONDS) shouldBe true
                evaluation.interrupt()
                evaluation.await().shouldBeInstanceOf<EvalResult.Failed>()
                it.eval(language.xPlusOne).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 6
            }
        }
    }

    test("what the user wrote runs where the context calls it, and is interrupted there") {
        val started = CountDownLatch(1)
        val where = CompletableFuture<Thread>()
        val tell =
            ReplCommand("fail", emptyList(), "tells its thread, and throws") {
                where.complete(Thread.currentThread())
                throw thrownByCommand
            }
        ElsewhereContext(mapOf("started" to started), listOf(tell)).use { context ->
            open(context).use { session ->
                session.eval(language.declareX)
                session.eval(language.callFail).shouldBeInstanceOf<EvalResult.Failed>().thrown() shouldBeSameInstanceAs thrownByCommand
                val elsewhere = where.get(60, TimeUnit.SECONDS)
                elsewhere.name shouldBe "elsewhere"
                val evaluation = Evaluation(session, language.loopForEver)
                started.await(60, TimeUnit.SECONDS) shouldBe true
                session.interrupt()
                elsewhere.interrupt()
                evaluation.await().shouldBeInstanceOf<EvalResult.Failed>()
                session.eval(language.xPlusOne).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 6
            }
        }
    }

    test("a value is printed where the code runs, and an interrupt reaches that too") {
        val started = CountDownLatch(1)
        val context = RecordingContext(mapOf("started" to started))
        open(context).use { session ->
            session.isUsable()
            context.printed shouldBe listOf(Thread.currentThread() to "2")
            session.eval(language.declareX)
            val evaluation = Evaluation(session, language.endlessToString)
            started.await(60, TimeUnit.SECONDS) shouldBe true
            evaluation.interrupt()
            evaluation.await()
            session.eval(language.xPlusOne).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 6
        }
    }

    test("an evaluation that is left behind does not hold up the session, nor change it, and stops when it can") {
        val stubborn = Stubborn()
        session("stubborn" to stubborn) { session ->
            session.eval(language.declareX)
            repeat(2) {
                val left = Evaluation(session, language.declareYThenWait)
                left.awaitThread { it === stubborn.waiting }
                left.interrupt()
                session.abandon(left.thread) shouldBe true
                session.eval(language.xPlusOne).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 6
                session.eval(language.y).shouldBeInstanceOf<EvalResult.Rejected>()
                if (it == 1) stubborn.release()
            }
            awaitThat({ "an evaluation goes on" }) { Thread.getAllStackTraces().keys.none { it.name.startsWith("evaluation of ") } }
            session.eval(language.y).shouldBeInstanceOf<EvalResult.Rejected>()
            session.eval(language.xPlusOne).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 6
            session.abandon(Thread.currentThread()) shouldBe true
            session.isUsable()
        }
    }

    test("an interrupt while nothing is evaluated does not hit the next evaluation") {
        session {
            it.isUsable()
            it.interrupt()
            it.isUsable()
        }
    }

    test("sessions do not see each other's declarations") {
        session { one ->
            session { other ->
                one.eval(language.declareX)
                other.eval(language.xPlusOne).shouldBeInstanceOf<EvalResult.Rejected>()
            }
            one.eval(language.xPlusOne).shouldBeInstanceOf<EvalResult.Value>().value() shouldBe 6
        }
    }

    test("closing twice is closing once, and nothing can be evaluated afterwards") {
        val repl = open(RecordingContext())
        repl.isUsable()
        repl.close()
        repl.close()
        repl.interrupt()
        repl.eval(language.two).shouldBeInstanceOf<EvalResult.Failed>().thrown().message shouldNotBe null
        repl.isComplete(language.two) shouldBe true
        repl.complete("x", 1)
        repl.lookup("x", 1)
    }
}

/** Runs what the user wrote on a thread of its own, as with an executor of the application's. */
private class ElsewhereContext(bindings: Map<String, Any?>, commands: List<ReplCommand>) :
    ReplContext by RecordingContext(bindings, commands),
    AutoCloseable {
    private val executor = Executors.newSingleThreadExecutor { Thread(it, "elsewhere").apply { isDaemon = true } }

    override fun call(code: Callable<out Any?>): Any? =
        try {
            executor.submit(code).get()
        } catch (e: ExecutionException) {
            throw e.cause ?: e
        }

    override fun close() {
        executor.shutdownNow()
    }
}
