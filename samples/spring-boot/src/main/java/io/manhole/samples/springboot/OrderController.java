package io.manhole.samples.springboot;

import java.util.List;
import java.util.NoSuchElementException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The orders on the web. */
@RestController
@RequestMapping("/orders")
public class OrderController {

    /**
     * An order as it is told to the world.
     *
     * @param id its number
     * @param customer who it is for
     * @param status how far it has got
     */
    public record Told(long id, String customer, Order.Status status) {

        static Told of(Order order) {
            Long id = order.getId();
            if (id == null) {
                throw new IllegalArgumentException(order + " is not in the database");
            }
            return new Told(id, order.getCustomer(), order.getStatus());
        }
    }

    private final OrderRepository orders;
    private final OrderService orderService;
    private final Caller caller;

    OrderController(OrderRepository orders, OrderService orderService, Caller caller) {
        this.orders = orders;
        this.orderService = orderService;
        this.caller = caller;
    }

    @GetMapping
    List<Told> all() {
        return orders.findAll().stream().map(Told::of).toList();
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Told place(@RequestParam("item") String item, @RequestParam("quantity") int quantity) {
        return Told.of(orderService.place(caller.name(), item, quantity));
    }

    @PostMapping("/{id}/ship")
    Told ship(@PathVariable("id") long id) {
        return Told.of(orderService.ship(id));
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.NOT_FOUND)
    String missing(NoSuchElementException reason) {
        return String.valueOf(reason.getMessage());
    }
}
