package io.manhole.samples.liveobjects

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe

class OrdersSpec :
    FunSpec({
        test("a new table is empty") {
            withFreshOrders { orders ->
                orders.count() shouldBe 0
                orders.all().shouldBeEmpty()
                orders.nextOpen().shouldBeNull()
            }
        }

        test("an order that was added is found again, open, under its id") {
            withFreshOrders { orders ->
                val added = orders.add("ada", "teapot", 2, "24.50".toBigDecimal())
                added.status shouldBe OrderStatus.OPEN
                added.total shouldBe "49.00".toBigDecimal()
                orders.find(added.id) shouldBe added
                orders.count() shouldBe 1
            }
        }

        test("orders come in the order in which they were added") {
            withFreshOrders { orders ->
                val added = listOf("ada", "grace", "alan").map { orders.add(it, "teapot", 1, "1.00".toBigDecimal()) }
                orders.all() shouldContainExactly added
                orders.nextOpen() shouldBe added.first()
            }
        }

        test("a marked order has left the others of its status") {
            withFreshOrders { orders ->
                val (first, second) = List(2) { orders.add("ada", "teapot", 1, "1.00".toBigDecimal()) }
                orders.mark(first.id, OrderStatus.SHIPPED) shouldBe true
                orders.byStatus(OrderStatus.OPEN) shouldContainExactly listOf(second)
                orders.byStatus(OrderStatus.SHIPPED) shouldContainExactly listOf(first.copy(status = OrderStatus.SHIPPED))
            }
        }

        test("an id that nobody has finds nothing and marks nothing") {
            withFreshOrders { orders ->
                orders.find(42).shouldBeNull()
                orders.mark(42, OrderStatus.SHIPPED) shouldBe false
            }
        }

        test("an order of nothing is refused") {
            withFreshOrders { orders ->
                shouldThrow<IllegalArgumentException> { orders.add("ada", "teapot", 0, "1.00".toBigDecimal()) }
                    .message shouldBe "quantity must be positive: 0"
                orders.count() shouldBe 0
            }
        }

        test("text is data, whatever it looks like") {
            withFreshOrders { orders ->
                val added = orders.add("'); DROP TABLE orders; --", "ünïcødé ☕", 1, "1.00".toBigDecimal())
                orders.all() shouldContainExactly listOf(added)
            }
        }
    })
