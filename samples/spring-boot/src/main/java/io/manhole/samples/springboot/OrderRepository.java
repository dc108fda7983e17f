package io.manhole.samples.springboot;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

/** The orders in the database. */
public interface OrderRepository extends JpaRepository<Order, Long> {

    /**
     * Finds by how far they have got.
     *
     * @param status which
     * @return in no particular order
     */
    List<Order> findByStatus(Order.Status status);
}
