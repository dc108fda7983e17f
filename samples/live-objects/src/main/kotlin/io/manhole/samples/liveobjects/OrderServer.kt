package io.manhole.samples.liveobjects

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.URI
import java.net.URLDecoder
import java.nio.charset.StandardCharsets
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger

/**
 * The orders over HTTP, on the loopback address, as plain text with one order a line:
 * `GET /orders`, `GET /orders?status=OPEN`, `GET /orders/7`, `POST /orders` with the form fields customer, item,
 * quantity and price.
 *
 * @param port 0 for any that is free
 */
class OrderServer(private val orders: Orders, port: Int) : AutoCloseable {
    private val threads = AtomicInteger()
    private val executor = Executors.newFixedThreadPool(4) { Thread(it, "http-${threads.incrementAndGet()}") }
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0)

    /** Where the orders are. */
    val uri: URI = URI("http://${server.address.address.hostAddress}:${server.address.port}/orders")

    init {
        server.executor = executor
        server.createContext("/orders") { it.use(::answer) }
        server.start()
    }

    override fun close() {
        server.stop(0)
        executor.shutdownNow()
    }

    private fun answer(exchange: HttpExchange) {
        val response =
            try {
                when (exchange.requestMethod) {
                    "GET" -> get(exchange.requestURI)
                    "POST" -> post(exchange.requestBody.readBytes().decodeToString())
                    else -> Response(405, "only GET and POST")
                }
            } catch (e: IllegalArgumentException) {
                Response(400, e.message ?: "bad request")
            } catch (e: Exception) {
                Response(500, "$e")
            }
        val body = "${response.text}\n".toByteArray()
        exchange.responseHeaders["Content-Type"] = "text/plain; charset=utf-8"
        exchange.sendResponseHeaders(response.status, body.size.toLong())
        exchange.responseBody.write(body)
    }

    private fun get(uri: URI): Response {
        val id = uri.path.removePrefix("/orders").removePrefix("/")
        if (id.isNotEmpty()) {
            val order = id.toLongOrNull()?.let(orders::find) ?: return Response(404, "no order $id")
            return Response(200, line(order))
        }
        val status = fields(uri.rawQuery.orEmpty())["status"]
        val found = if (status == null) orders.all() else orders.byStatus(status(status))
        return Response(200, found.joinToString("\n", transform = ::line))
    }

    private fun post(body: String): Response {
        val fields = fields(body)

        fun field(name: String) = requireNotNull(fields[name]) { "missing field: $name" }
        val order = orders.add(field("customer"), field("item"), field("quantity").toInt(), field("price").toBigDecimal())
        return Response(201, line(order))
    }

    private fun status(name: String) =
        requireNotNull(OrderStatus.entries.find { it.name == name }) {
            "no status $name: there are ${OrderStatus.entries.joinToString()}"
        }

    private fun line(order: Order) = with(order) { "$id\t$status\t$customer\t$quantity x $item\t$total" }

    private fun fields(form: String): Map<String, String> =
        form
            .split('&')
            .filter { '=' in it }
            .associate { decode(it.substringBefore('=')) to decode(it.substringAfter('=')) }

    private fun decode(text: String) = URLDecoder.decode(text, StandardCharsets.UTF_8)

    private class Response(val status: Int, val text: String)
}
