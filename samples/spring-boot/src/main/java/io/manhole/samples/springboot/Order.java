package io.manhole.samples.springboot;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a customer wants. Its lines are read from the database when somebody asks for them, within a transaction. */
@Entity
@Table(name = "orders")
public class Order {

    /** How far an order has got. */
    public enum Status {
        /** Nothing has been done about it. */
        NEW,
        /** It is on its way. */
        SHIPPED
    }

    @Id
    @GeneratedValue
    private @Nullable Long id;

    private String customer;

    @Enumerated(EnumType.STRING)
    private Status status = Status.NEW;

    @OneToMany(cascade = CascadeType.ALL)
    private List<OrderLine> lines = new ArrayList<>();

    /** For the database. */
    @SuppressWarnings("NullAway.Init")
    protected Order() {}

    /**
     * A new order without lines.
     *
     * @param customer who it is for
     */
    public Order(String customer) {
        this.customer = customer;
    }

    /** Null until it is in the database. */
    public @Nullable Long getId() {
        return id;
    }

    /** Who it is for. */
    public String getCustomer() {
        return customer;
    }

    /** How far it has got. */
    public Status getStatus() {
        return status;
    }

    /** What is wanted; loaded when first looked into, which takes a transaction. */
    public List<OrderLine> getLines() {
        return lines;
    }

    /** Sends it on its way. */
    public void ship() {
        status = Status.SHIPPED;
    }

    @Override
    public String toString() {
        return "Order " + id + " of " + customer + ", " + status;
    }
}
