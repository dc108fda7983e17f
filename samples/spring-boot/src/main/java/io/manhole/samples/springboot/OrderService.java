package io.manhole.samples.springboot;

import java.util.NoSuchElementException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What can be done with orders, each in a transaction. */
@Service
@Transactional
public class OrderService {

    private final OrderRepository orders;

    OrderService(OrderRepository orders) {
        this.orders = orders;
    }

    /**
     * Takes an order.
     *
     * @param customer who it is for
     * @param item what
     * @param quantity how many, at least one
     * @return as it is in the database
     * @throws IllegalArgumentException if the quantity is less than one
     */
    public Order place(String customer, String item, int quantity) {
        if (quantity < 1) {
            throw new IllegalArgumentException("nobody orders " + quantity + " of " + item);
        }
        Order order = new Order(customer);
        order.getLines().add(new OrderLine(item, quantity));
        return orders.save(order);
    }

    /**
     * Sends an order on its way.
     *
     * @param id which
     * @return as it is now
     * @throws NoSuchElementException if there is no such order
     */
    public Order ship(long id) {
        Order order = orders.findById(id).orElseThrow(() -> new NoSuchElementException("no order " + id));
        order.ship();
        return order;
    }
}
