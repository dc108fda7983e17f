package io.manhole.cli;

import java.time.Duration;

/** Spans of time in their two largest units. */
final class TimeSpan {

    private TimeSpan() {}

    /** Such as {@code 3 h 12 min}. */
    static String spoken(Duration span) {
        return twoUnits(span, " ", " d", " h", " min", " s");
    }

    /** For a column, such as {@code 3h12m}. */
    static String narrow(Duration span) {
        return twoUnits(span, "", "d", "h", "m", "s");
    }

    private static String twoUnits(
            Duration span, String gap, String days, String hours, String minutes, String seconds) {
        if (span.toDays() > 0) {
            return span.toDays() + days + gap + span.toHoursPart() + hours;
        }
        if (span.toHours() > 0) {
            return span.toHours() + hours + gap + span.toMinutesPart() + minutes;
        }
        return span.toMinutes() > 0
                ? span.toMinutes() + minutes + gap + span.toSecondsPart() + seconds
                : span.toSeconds() + seconds;
    }
}
