@file:Suppress("unused") // by name, from evaluated code

package io.manhole.kotlin.corpus

import kotlinx.coroutines.delay

/** A service in Kotlin with members that it does not show to everybody. */
class Stock {
    val counts = mutableMapOf("pen" to 3, "ink" to 0)
    internal val limit = 5
    internal var reorders = 0
    private var audits = 1
    private val log = mutableListOf("opened")

    internal fun reorder(item: String): Int = counts.merge(item, limit) { a, b -> a + b }!!.also { reorders++ }

    private fun audit(by: String): String = "audit ${audits++} by $by"

    private fun audit(times: Int): Int = times + audits

    suspend fun fetch(item: String): Int {
        delay(1)
        return counts.getValue(item)
    }

    suspend fun hang() {
        delay(Long.MAX_VALUE)
    }

    override fun toString() = "Stock"
}

internal data class Supplier(val name: String) {
    internal fun call() = "calling $name"
}

internal fun suppliers() = listOf(Supplier("inkwell"))

/** Known to whoever has one, by a class that cannot be named. */
fun anonymousOrders(): Any = object : ArrayList<String>(listOf("a", "b")) {}

suspend fun <T> later(value: T): T {
    delay(1)
    return value
}

@RequiresOptIn
annotation class Dangerous

@Dangerous
fun dangerous() = "done"

open class Base {
    protected val guarded = 1

    open fun describe() = "base"
}

@JvmInline
value class Cents(val amount: Int) {
    operator fun plus(other: Cents) = Cents(amount + other.amount)
}

fun price(): Cents = Cents(250)
