package io.manhole.kotlin

import io.manhole.kotlin.corpus.Shop
import io.manhole.kotlin.corpus.Stock

/** The objects that the examples of the corpus have at hand. */
internal object CorpusBindings {
    fun make(): Map<String, Any?> {
        val shop = Shop()
        return linkedMapOf(
            "shop" to shop,
            "orders" to ArrayList(shop.orders),
            "ordersById" to shop.orders.associateByTo(LinkedHashMap()) { it.id },
            "known" to Shop.Orders().apply { addAll(shop.orders) },
            "mixed" to arrayListOf<Any>(1, 2.5),
            "empty" to ArrayList<String>(),
            "stock" to Stock(),
            "visible" to Shop.Visible(),
            "comparator" to Comparator.comparing<String, Int> { it.length },
            "byLength" to
                object : Comparator<String> {
                    override fun compare(one: String, other: String) = one.length - other.length
                },
            "counter" to java.util.concurrent.atomic.AtomicInteger(),
            "unpackaged" to unpackagedOfTheRoot(),
            "settings" to java.util.Properties().apply { setProperty("mode", "live") },
        )
    }

    /** Classes of the unnamed package can be named from there only. */
    private fun unpackagedOfTheRoot(): Any = Class.forName("Unpackaged").getConstructor(String::class.java).newInstance("root")
}
