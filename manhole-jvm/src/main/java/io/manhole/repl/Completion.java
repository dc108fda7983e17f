package io.manhole.repl;

import org.jspecify.annotations.Nullable;

/**
 * One candidate for the place of the cursor.
 *
 * @param candidate the text that replaces the identifier at the cursor
 * @param kind what it is, such as {@code function}, {@code property}, {@code class}, {@code package}, {@code keyword}
 * @param type its signature or type as the engine's language writes it, or null
 */
public record Completion(
        String candidate, String kind, @Nullable String type) {}
