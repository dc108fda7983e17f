package io.manhole.kotlin.corpus;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;

/** What an application in Java has in its lists. */
public record Order(long id, String customer, BigDecimal total, LocalDate day, List<String> items) {}
