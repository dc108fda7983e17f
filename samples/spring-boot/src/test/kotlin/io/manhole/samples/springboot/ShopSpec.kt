package io.manhole.samples.springboot

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.manhole.testing.Jdk
import io.manhole.testing.NreplClient
import io.manhole.testing.Programs
import io.manhole.testing.TargetJvm
import io.manhole.testing.awaitThat
import io.manhole.testing.text
import java.net.URI
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.FileTime
import java.time.Instant
import kotlin.io.path.absolute
import kotlin.io.path.exists
import kotlin.io.path.setLastModifiedTime

private val JAR: Path = Path.of(System.getProperty("basedir", ""), "target", "spring-boot.jar").absolute()

private val CLIENT = "${Path.of(System.getProperty("basedir", ""), "../../manhole-cli/target/manhole-cli").absolute().normalize()}"

/** The service as `java -jar` starts it, with a client at its manhole, on every JDK. */
class ShopSpec :
    FunSpec({
        for (jdk in Jdk.all) {
            context("on $jdk") {
                check(JAR.exists()) { "no $JAR: it is made by 'mvn package'" }
                val shop = TargetJvm(jdk, "$JAR", classPath = "", jvmArguments = listOf("-jar"))
                afterSpec { shop.close() }
                val web = URI(Regex("http://\\S+orders").find(ready(shop))!!.value).toURL()
                val filesBefore = openJars(shop)
                val client = NreplClient(shop.socketPath)
                val session = client.newSession()

                fun ask(code: String) = client.ask("op" to "eval", "code" to code, "session" to session)

                fun value(code: String): String = ask(code).let { it.text("value").ifEmpty { it.text("out") + it.text("err") } }

                test("the client gets at it, as the README says") {
                    // The first to come waits for the compiler, which a busy machine may take long to load.
                    val ended = Programs.await(ProcessBuilder(CLIENT, "${shop.pid}", "-e", "orderRepository.count()").start(), "", 150)
                    withClue(ended) { ended.out shouldBe "3\n" }
                }

                test("applicationContext and the application's beans are at hand, typed") {
                    value("orderRepository.findAll().map { it.customer }") shouldBe "[ada, ada, grace]"
                    value("orderService.ship(1).status") shouldBe "SHIPPED"
                    value("applicationContext.environment.getProperty(\"spring.application.name\")") shouldBe "shop"
                    value("orderController") shouldContain "OrderController"
                }

                test("the application's types and its libraries' can be named, though their jars lie in another") {
                    value("import io.manhole.samples.springboot.*\nOrder(\"me\").status == Order.Status.NEW") shouldBe "true"
                    value("org.springframework.util.StringUtils.capitalize(\"order\")") shouldBe "Order"
                    value("applicationContext.getBean(javax.sql.DataSource::class.java).connection.use { it.metaData.url }") shouldBe
                        "jdbc:h2:mem:shop"
                }

                test("no bean is made for the prompt") {
                    value("applicationContext.beanFactory.containsSingleton(\"salesReport\")") shouldBe "false"
                    value("salesReport") shouldContain "Unresolved reference 'salesReport'"
                    value("applicationContext.getBean(io.manhole.samples.springboot.SalesReport::class.java).shipped()") shouldBe
                        "{teapot=1}"
                }

                test("beans of the request, of which there is none, are left out") {
                    value("caller") shouldContain "Unresolved reference 'caller'"
                }

                test("a transaction can be used") {
                    value("orderRepository.findAll().first().lines.size") shouldContain "LazyInitializationException"
                    value("transactionTemplate.execute { orderRepository.findAll().map { it.lines.toString() } }") shouldBe
                        "[[1 x teapot], [6 x cup], [2 x kettle]]"
                    value("transactionTemplate.execute { orderService.place(\"ada\", \"spoon\", 3); it.setRollbackOnly() }")
                    value("orderRepository.count()") shouldBe "3"
                    value("entityManager.createQuery(\"select sum(l.quantity) from OrderLine l\").singleResult") shouldBe "9"
                }

                test("what is done at the prompt is done in the service") {
                    value("orderService.place(\"lin\", \"saucer\", 6).id") shouldBe "5"
                    web.readText() shouldContain "\"customer\":\"lin\""
                }

                test("no jar stays open when the client has left") {
                    client.close()
                    awaitThat({ "open: ${openJars(shop)} instead of $filesBefore" }) { openJars(shop) == filesBefore }
                }

                test("who comes back finds the classes in it again, also when the jar has been touched") {
                    fun statusOfNewOrder() =
                        Programs.await(
                            ProcessBuilder(CLIENT, "${shop.pid}", "-e", "io.manhole.samples.springboot.Order(\"me\").status").start(),
                            "",
                            150,
                        )
                    statusOfNewOrder().out shouldBe "NEW\n"
                    awaitThat({ "open: ${openJars(shop)} instead of $filesBefore" }) { openJars(shop) == filesBefore }
                    JAR.setLastModifiedTime(FileTime.from(Instant.now()))
                    statusOfNewOrder().out shouldBe "NEW\n"
                }

                test("the service's end is the manhole's") {
                    shop.signal("TERM")
                    shop.awaitEnd() shouldBe 143
                    shop.socketPath.exists() shouldBe false
                    shop.output.first() shouldStartWith "Manhole["
                }
            }
        }
    })

/** The line that says so. A busy machine takes its time for a start of Spring Boot, up to four deadlines here. */
private fun ready(shop: TargetJvm): String {
    repeat(3) { runCatching { shop.awaitLine("shop ready") }.onSuccess { return it } }
    return shop.awaitLine("shop ready")
}

/** How often the service's process has its own jar open. */
private fun openJars(shop: TargetJvm): Int =
    Files.list(Path.of("/proc/${shop.pid}/fd")).use { files ->
        files.toList().count { file ->
            runCatching { Files.readSymbolicLink(file).toString() }.getOrDefault("").endsWith("spring-boot.jar")
        }
    }
