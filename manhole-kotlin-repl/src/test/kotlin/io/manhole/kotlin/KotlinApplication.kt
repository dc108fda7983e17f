package io.manhole.kotlin

import io.manhole.repl.EvalResult
import io.manhole.repl.ReplCommand
import io.manhole.repl.ReplContext
import io.manhole.repl.ReplProvider
import java.util.ServiceLoader
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/** An application written in Kotlin, started by the specs: evaluates its arguments, and prints what comes of each on a line. */
class KotlinApplication {
    data class Order(val item: String, val quantity: Int)

    suspend fun slowly(n: Int): Int = n + 1

    inline fun <T> twice(action: () -> T): List<T> = listOf(action(), action())

    companion object {
        @JvmStatic
        fun main(arguments: Array<String>) {
            val threads: ExecutorService = Executors.newSingleThreadExecutor { Thread(it, "application-1") }
            val bindings = mapOf("app" to KotlinApplication(), "order" to Order("cup", 6), "threads" to threads)
            try {
                val context = Context(bindings)
                ServiceLoader.load(ReplProvider::class.java).first().open(context).use { repl ->
                    arguments.forEach { println(answer(repl.eval(it))) }
                }
                context.warnings.forEach { println("warned: $it") }
            } finally {
                threads.shutdown()
            }
        }

        private fun answer(result: EvalResult): String =
            when (result) {
                is EvalResult.Value -> "${result.value()}"
                is EvalResult.Rejected -> "rejected " + result.diagnostics().first().message()
                is EvalResult.Failed -> "thrown ${result.thrown()}"
                else -> "nothing"
            }
    }

    private class Context(private val bindings: Map<String, Any?>) : ReplContext {
        val warnings = ArrayList<String>()

        override fun bindings() = bindings

        override fun commands(): List<ReplCommand> = emptyList()

        override fun classLoader(): ClassLoader = KotlinApplication::class.java.classLoader

        override fun warn(message: String) {
            warnings += message
        }
    }
}
