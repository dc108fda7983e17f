package io.manhole.samples.javacore;

/**
 * Something to be counted.
 *
 * @param name what it is called
 * @param text whose words are counted
 */
public record Job(String name, String text) {

    /** How many words there are. */
    int words() {
        return text.isBlank() ? 0 : text.strip().split("\\s+", -1).length;
    }
}
