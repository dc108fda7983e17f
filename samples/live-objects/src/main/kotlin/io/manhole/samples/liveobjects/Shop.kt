package io.manhole.samples.liveobjects

import org.h2.jdbcx.JdbcConnectionPool

/**
 * The service: a database, the worker that ships its orders, and the HTTP endpoint that takes them.
 *
 * @param database the name of the database in memory
 * @param port of the HTTP endpoint, 0 for any that is free
 * @throws java.net.BindException if the port is taken
 */
class Shop(database: String, port: Int) : AutoCloseable {
    // H2 would close the database in a shutdown hook of its own, under the worker's hands.
    val db: JdbcConnectionPool = JdbcConnectionPool.create("jdbc:h2:mem:$database;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE", "sa", "")
    val orders = Orders(db).also(Orders::createTable)
    val server = OrderServer(orders, port) // before the worker's thread: the port may be taken
    val worker = OrderWorker(orders)

    /** Puts in a few orders, so that there is something to look at. */
    fun openForBusiness() {
        orders.add("ada", "teapot", 1, "24.50".toBigDecimal())
        orders.add("grace", "tea cup", 6, "4.20".toBigDecimal())
        orders.add("alan", "sugar tongs", 2, "9.90".toBigDecimal())
        orders.add("barbara", "biscuit", 500, "0.35".toBigDecimal())
        orders.add("edsger", "tea strainer", 1, "7.00".toBigDecimal())
    }

    override fun close() {
        server.close()
        worker.close()
        db.connection.use { it.createStatement().execute("SHUTDOWN") }
        db.dispose()
    }
}
