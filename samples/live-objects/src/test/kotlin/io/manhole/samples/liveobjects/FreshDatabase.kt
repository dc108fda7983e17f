package io.manhole.samples.liveobjects

import org.h2.jdbcx.JdbcConnectionPool
import java.util.UUID

/** Runs the test on the orders of a real, empty database of its own. */
inline fun withFreshOrders(test: (Orders) -> Unit) {
    val db = JdbcConnectionPool.create("jdbc:h2:mem:${UUID.randomUUID()};DB_CLOSE_DELAY=-1", "sa", "")
    try {
        test(Orders(db).also(Orders::createTable))
    } finally {
        db.connection.use { it.createStatement().execute("SHUTDOWN") }
        db.dispose()
    }
}

/** The names of all live threads of this process that begin with the prefix. */
fun threadsNamed(prefix: String): List<String> = Thread.getAllStackTraces().keys.map { it.name }.filter { it.startsWith(prefix) }
