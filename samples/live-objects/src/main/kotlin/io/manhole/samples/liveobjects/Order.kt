package io.manhole.samples.liveobjects

import java.math.BigDecimal

/** Something that a customer wants. */
data class Order(val id: Long, val customer: String, val item: String, val quantity: Int, val price: BigDecimal, val status: OrderStatus) {
    /** What the whole order costs. */
    val total: BigDecimal get() = price * quantity.toBigDecimal()
}

enum class OrderStatus { OPEN, SHIPPED, REJECTED }
