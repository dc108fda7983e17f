package io.manhole.samples.springboot;

import java.util.Map;
import java.util.TreeMap;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What has been sold. Made when it is first asked for. */
@Lazy
@Component
public class SalesReport {

    private final OrderRepository orders;

    SalesReport(OrderRepository orders) {
        this.orders = orders;
    }

    /** How many of each item are on their way. */
    @Transactional(readOnly = true)
    public Map<String, Integer> shipped() {
        Map<String, Integer> quantities = new TreeMap<>();
        for (Order order : orders.findByStatus(Order.Status.SHIPPED)) {
            for (OrderLine line : order.getLines()) {
                quantities.merge(line.getItem(), line.getQuantity(), Integer::sum);
            }
        }
        return quantities;
    }
}
