package io.manhole.kotlin.corpus;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** An application's service in Java: overloads, a private field, static members, callbacks, a checked exception. */
public class Shop {
    /** How many were made. */
    public static int made;

    private final List<Order> orders = new ArrayList<>();
    private int secret = 7;

    /** Three orders. */
    public Shop() {
        made++;
        orders.add(order(1, "ann", "10.50", "pen", "ink"));
        orders.add(order(2, "bob", "3.00", "nib"));
        orders.add(order(3, "ann", "99.99", "desk"));
    }

    private static Order order(long id, String customer, String total, String... items) {
        return new Order(id, customer, new BigDecimal(total), LocalDate.of(2026, 1, (int) id), List.of(items));
    }

    public List<Order> getOrders() {
        return orders;
    }

    public Optional<Order> find(long id) {
        return orders.stream().filter(order -> order.id() == id).findFirst();
    }

    public List<Order> find(Predicate<Order> wanted) {
        return orders.stream().filter(wanted).toList();
    }

    public Map<String, Order> byCustomer() {
        Map<String, Order> map = new LinkedHashMap<>();
        orders.forEach(order -> map.put(order.customer(), order));
        return map;
    }

    public void sort(Comparator<? super Order> by) {
        orders.sort(by);
    }

    public String when(String in, Object... is) {
        return in + is.length;
    }

    public void fail() throws java.io.IOException {
        throw new java.io.IOException("disk full");
    }

    private String whisper(String word) {
        return word + secret;
    }

    /** A subclass that says what is in the list. */
    public static class Orders extends ArrayList<Order> {
        private static final long serialVersionUID = 1L;
    }

    /** Public, with a base that is not. */
    public static class Visible extends Hidden {
        private final String own = "own";
    }

    static class Hidden {
        protected String inherited = "inherited";
    }
}
