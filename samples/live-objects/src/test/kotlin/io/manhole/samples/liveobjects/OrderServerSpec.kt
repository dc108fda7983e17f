package io.manhole.samples.liveobjects

import io.kotest.assertions.nondeterministic.eventually
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import java.net.BindException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse
import java.net.http.HttpResponse.BodyHandlers
import java.time.Duration
import kotlin.time.Duration.Companion.seconds

class OrderServerSpec :
    FunSpec({
        val client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()

        fun request(uri: URI) = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10))

        fun send(request: HttpRequest.Builder): HttpResponse<String> = client.send(request.build(), BodyHandlers.ofString())

        afterTest { eventually(10.seconds) { threadsNamed("http-").shouldBeEmpty() } }

        test("the orders are listed, one a line") {
            withServer { orders, server ->
                orders.add("ada", "teapot", 2, "24.50".toBigDecimal())
                orders.add("grace", "tea cup", 1, "4.20".toBigDecimal())
                val response = send(request(server.uri))
                response.statusCode() shouldBe 200
                response.body() shouldBe "1\tOPEN\tada\t2 x teapot\t49.00\n2\tOPEN\tgrace\t1 x tea cup\t4.20\n"
            }
        }

        test("the list can be of one status") {
            withServer { orders, server ->
                orders.mark(orders.add("ada", "teapot", 1, "1.00".toBigDecimal()).id, OrderStatus.SHIPPED)
                orders.add("grace", "tea cup", 1, "4.20".toBigDecimal())
                send(request(URI("${server.uri}?status=OPEN"))).body() shouldBe "2\tOPEN\tgrace\t1 x tea cup\t4.20\n"
                val unknown = send(request(URI("${server.uri}?status=LOST")))
                unknown.statusCode() shouldBe 400
                unknown.body() shouldBe "no status LOST: there are OPEN, SHIPPED, REJECTED\n"
            }
        }

        test("one order is found by its id, and an unknown one is not") {
            withServer { orders, server ->
                val id = orders.add("ada", "teapot", 1, "24.50".toBigDecimal()).id
                send(request(URI("${server.uri}/$id"))).body() shouldStartWith "$id\tOPEN\tada"
                send(request(URI("${server.uri}/42"))).statusCode() shouldBe 404
                send(request(URI("${server.uri}/x"))).statusCode() shouldBe 404
            }
        }

        test("an order that is posted is in the database") {
            withServer { orders, server ->
                val form = "customer=linus+t&item=milk%26sugar&quantity=2&price=3.50"
                send(request(server.uri).POST(BodyPublishers.ofString(form))).statusCode() shouldBe 201
                val order = orders.all().single()
                order.customer shouldBe "linus t"
                order.item shouldBe "milk&sugar"
                order.total shouldBe "7.00".toBigDecimal()
            }
        }

        test("a form without a field is refused by name") {
            withServer { orders, server ->
                val response = send(request(server.uri).POST(BodyPublishers.ofString("customer=linus&quantity=1&price=1")))
                response.statusCode() shouldBe 400
                response.body() shouldContain "missing field: item"
                orders.count() shouldBe 0
            }
        }

        test("another method is not allowed") {
            withServer { _, server -> send(request(server.uri).DELETE()).statusCode() shouldBe 405 }
        }

        test("a port that is taken is an error") {
            withServer { orders, server -> shouldThrow<BindException> { OrderServer(orders, server.uri.port) } }
        }
    })

private fun withServer(test: (Orders, OrderServer) -> Unit) =
    withFreshOrders { orders -> OrderServer(orders, port = 0).use { server -> test(orders, server) } }
