package io.manhole.samples.liveobjects

import java.math.BigDecimal
import java.sql.Connection
import java.sql.PreparedStatement
import java.sql.ResultSet
import java.sql.Statement
import javax.sql.DataSource

/** The orders in the database. Safe for use by any thread; every call is a query of its own. */
class Orders(private val db: DataSource) {
    /** Creates the table if the database is new. */
    fun createTable() =
        execute(
            """
        CREATE TABLE IF NOT EXISTS orders (
            id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            customer VARCHAR(100) NOT NULL,
            item     VARCHAR(100) NOT NULL,
            quantity INT NOT NULL CHECK (quantity > 0),
            price    DECIMAL(10, 2) NOT NULL,
            status   VARCHAR(10) NOT NULL
        )
        """,
        )

    /** Puts in an open order and returns it with its id. */
    fun add(customer: String, item: String, quantity: Int, price: BigDecimal): Order {
        require(quantity > 0) { "quantity must be positive: $quantity" }
        return connect { connection ->
            val insert = "INSERT INTO orders (customer, item, quantity, price, status) VALUES (?, ?, ?, ?, ?)"
            connection.prepareStatement(insert, Statement.RETURN_GENERATED_KEYS).use { statement ->
                statement.set(customer, item, quantity, price, OrderStatus.OPEN.name)
                statement.executeUpdate()
                val id = statement.generatedKeys.use { keys -> keys.apply { next() }.getLong(1) }
                Order(id, customer, item, quantity, price, OrderStatus.OPEN)
            }
        }
    }

    fun count(): Long = query("SELECT count(*) FROM orders") { it.getLong(1) }.single()

    /** All orders, the oldest first. */
    fun all(): List<Order> = query("SELECT * FROM orders ORDER BY id", read = ::order)

    fun find(id: Long): Order? = query("SELECT * FROM orders WHERE id = ?", id, read = ::order).singleOrNull()

    /** The orders of one status, the oldest first. */
    fun byStatus(status: OrderStatus): List<Order> = query("SELECT * FROM orders WHERE status = ? ORDER BY id", status.name, read = ::order)

    /** The open order that has waited longest, or null when none is open. */
    fun nextOpen(): Order? =
        query("SELECT * FROM orders WHERE status = ? ORDER BY id LIMIT 1", OrderStatus.OPEN.name, read = ::order).singleOrNull()

    /** Moves an order on; returns false if there is no such order. */
    fun mark(id: Long, status: OrderStatus): Boolean = execute("UPDATE orders SET status = ? WHERE id = ?", status.name, id) == 1

    private fun order(row: ResultSet) =
        Order(
            id = row.getLong("id"),
            customer = row.getString("customer"),
            item = row.getString("item"),
            quantity = row.getInt("quantity"),
            price = row.getBigDecimal("price"),
            status = OrderStatus.valueOf(row.getString("status")),
        )

    private fun execute(sql: String, vararg values: Any): Int =
        connect { connection ->
            connection.prepareStatement(sql).use { statement ->
                statement.set(*values)
                statement.executeUpdate()
            }
        }

    private fun <T> query(sql: String, vararg values: Any, read: (ResultSet) -> T): List<T> =
        connect { connection ->
            connection.prepareStatement(sql).use { statement ->
                statement.set(*values)
                statement.executeQuery().use { rows ->
                    buildList { while (rows.next()) add(read(rows)) }
                }
            }
        }

    private fun PreparedStatement.set(vararg values: Any) = values.forEachIndexed { index, value -> setObject(index + 1, value) }

    private fun <T> connect(work: (Connection) -> T): T = db.connection.use(work)
}
