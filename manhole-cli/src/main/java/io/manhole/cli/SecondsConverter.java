package io.manhole.cli;

import java.math.BigDecimal;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 0}, {@code 2} or {@code 0.5} as seconds. */
final class SecondsConverter implements ITypeConverter<Duration> {

    private static final BigDecimal LONGEST = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);

    @Override
    public Duration convert(String value) {
        if (!value.matches("[0-9]{1,12}([.][0-9]{1,12})?|[.][0-9]{1,12}")) {
            throw new TypeConversionException("'" + value + "' is not a number of seconds such as 2 or 0.5");
        }
        return Duration.ofMillis(
                new BigDecimal(value).min(LONGEST).multiply(MILLIS).longValue());
    }
}
