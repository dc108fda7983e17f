package io.manhole.samples.springboot;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** A few orders to begin with. */
@Component
class SampleOrders implements ApplicationRunner {

    private final OrderService orderService;

    SampleOrders(OrderService orderService) {
        this.orderService = orderService;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        orderService.place("ada", "teapot", 1);
        orderService.place("ada", "cup", 6);
        orderService.place("grace", "kettle", 2);
    }
}
