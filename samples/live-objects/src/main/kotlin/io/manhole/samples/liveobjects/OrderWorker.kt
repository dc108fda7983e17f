package io.manhole.samples.liveobjects

import java.time.Duration
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.thread
import kotlin.concurrent.withLock

/**
 * Ships open orders, one after the other, on a thread of its own, from its creation until [close].
 * Safe for use by any thread.
 *
 * @param pollInterval how long to wait before looking for orders again when none is open
 */
class OrderWorker(private val orders: Orders, private val pollInterval: Duration = Duration.ofMillis(500)) : AutoCloseable {
    enum class Status { RUNNING, PAUSED, STOPPED }

    private val lock = ReentrantLock()
    private val statusChanged = lock.newCondition()
    private var currentStatus = Status.RUNNING // guarded by lock

    /** Orders shipped or rejected since the start. */
    @Volatile
    var processed = 0L // written by the worker's thread only
        private set

    /** What went wrong last, or null. The order concerned stays open and is tried again. */
    @Volatile
    var lastFailure: Exception? = null
        private set

    /** More pieces than this of one item are not in stock: such an order is rejected. */
    @Volatile
    var stock = 100

    private val thread = thread(name = "order-worker") { work() }

    val status: Status get() = lock.withLock { currentStatus }

    /** Stops after the order in hand; [resume] goes on. */
    fun pause() = change(from = Status.RUNNING, to = Status.PAUSED)

    fun resume() = change(from = Status.PAUSED, to = Status.RUNNING)

    /** Ends the thread after the order in hand, and waits for that. */
    override fun close() {
        lock.withLock {
            currentStatus = Status.STOPPED
            statusChanged.signalAll()
        }
        thread.join(TimeUnit.SECONDS.toMillis(10))
    }

    private fun change(from: Status, to: Status) =
        lock.withLock {
            if (currentStatus == from) {
                currentStatus = to
                statusChanged.signalAll()
            }
        }

    private fun work() {
        while (awaitRunning()) {
            val found =
                try {
                    processNext()
                } catch (e: Exception) {
                    lastFailure = e
                    false
                }
            if (!found) awaitPoll()
        }
    }

    private fun processNext(): Boolean {
        val order = orders.nextOpen() ?: return false
        orders.mark(order.id, if (order.quantity > stock) OrderStatus.REJECTED else OrderStatus.SHIPPED)
        processed++
        return true
    }

    /** Waits while paused; false once stopped. */
    private fun awaitRunning(): Boolean =
        lock.withLock {
            while (currentStatus == Status.PAUSED) statusChanged.await()
            currentStatus == Status.RUNNING
        }

    private fun awaitPoll() =
        lock.withLock {
            if (currentStatus == Status.RUNNING) statusChanged.await(pollInterval.toMillis(), TimeUnit.MILLISECONDS)
        }
}
