package io.manhole.repl;

import org.jspecify.annotations.Nullable;

/**
 * One candidate for the place of the cursor.
 *
 * @param candidate the text that replaces what stands from {@code start} to the cursor; it does not always begin with that: a
 *     class that is not imported is offered by its full name
 * @param kind what it is, such as {@code function}, {@code property}, {@code class}, {@code package}, {@code keyword}
 * @param type its signature or type as the engine's language writes it, or null
 * @param start an offset into the text, in chars, from 0 to the cursor; the same for all candidates of one answer
 */
public record Completion(
        String candidate, String kind, @Nullable String type, int start) {}
