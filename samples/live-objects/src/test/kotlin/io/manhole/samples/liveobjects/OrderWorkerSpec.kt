package io.manhole.samples.liveobjects

import io.kotest.assertions.nondeterministic.eventually
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import org.h2.jdbcx.JdbcConnectionPool
import java.time.Duration
import kotlin.time.Duration.Companion.seconds

class OrderWorkerSpec :
    FunSpec({
        val poll = Duration.ofMillis(5)

        afterTest { threadsNamed("order-worker").shouldBeEmpty() }

        test("open orders are shipped") {
            withOrdersAndWorker(poll) { orders, worker ->
                repeat(3) { orders.add("ada", "teapot", 1, "1.00".toBigDecimal()) }
                eventually(10.seconds) {
                    orders.byStatus(OrderStatus.SHIPPED).size shouldBe 3
                    worker.processed shouldBe 3
                }
            }
        }

        test("an order of more than there is in stock is rejected") {
            withOrdersAndWorker(poll) { orders, worker ->
                worker.stock = 5
                val order = orders.add("barbara", "biscuit", 6, "0.35".toBigDecimal())
                eventually(10.seconds) { orders.find(order.id)?.status shouldBe OrderStatus.REJECTED }
            }
        }

        test("a paused worker leaves orders open until it is resumed") {
            withOrdersAndWorker(poll) { orders, worker ->
                worker.pause()
                // One order may still be in hand; once the thread waits there is none.
                eventually(10.seconds) { workerThread().state shouldBe Thread.State.WAITING }
                val order = orders.add("ada", "teapot", 1, "1.00".toBigDecimal())
                worker.status shouldBe OrderWorker.Status.PAUSED
                orders.find(order.id)?.status shouldBe OrderStatus.OPEN
                workerThread().state shouldBe Thread.State.WAITING

                worker.resume()
                eventually(10.seconds) { orders.find(order.id)?.status shouldBe OrderStatus.SHIPPED }
            }
        }

        test("a stopped worker stays stopped") {
            withFreshOrders { orders ->
                val worker = OrderWorker(orders, poll)
                worker.close()
                worker.resume()
                worker.status shouldBe OrderWorker.Status.STOPPED
                threadsNamed("order-worker").shouldBeEmpty()
            }
        }

        test("a database that fails is remembered and does not end the worker") {
            val db = JdbcConnectionPool.create("jdbc:h2:mem:", "sa", "")
            OrderWorker(Orders(db), poll).use { worker ->
                // there is no table
                eventually(10.seconds) { worker.lastFailure.shouldNotBeNull() }
                worker.status shouldBe OrderWorker.Status.RUNNING
                workerThread().isAlive shouldBe true
            }
            db.dispose()
        }
    })

private fun workerThread(): Thread = Thread.getAllStackTraces().keys.single { it.name == "order-worker" }

private suspend fun withOrdersAndWorker(poll: Duration, test: suspend (Orders, OrderWorker) -> Unit) =
    withFreshOrders { orders -> OrderWorker(orders, poll).use { worker -> test(orders, worker) } }
