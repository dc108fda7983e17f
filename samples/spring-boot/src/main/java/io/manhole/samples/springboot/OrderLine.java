package io.manhole.samples.springboot;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/** So many of an item. */
@Entity
public class OrderLine {

    @Id
    @GeneratedValue
    private @Nullable Long id;

    private String item;
    private int quantity;

    /** For the database. */
    @SuppressWarnings("NullAway.Init")
    protected OrderLine() {}

    /**
     * A line.
     *
     * @param item what
     * @param quantity how many
     */
    public OrderLine(String item, int quantity) {
        this.item = item;
        this.quantity = quantity;
    }

    /** What is wanted. */
    public String getItem() {
        return item;
    }

    /** How many of it. */
    public int getQuantity() {
        return quantity;
    }

    @Override
    public String toString() {
        return quantity + " x " + item;
    }
}
