package io.manhole.repl;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a name in a text, from the compiler and from sources where there are any.
 *
 * @param name the simple name; the text of what is an expression and no name
 * @param kind what it is, such as {@code function}, {@code property}, {@code class}, {@code constructor}, {@code expression}
 * @param signature its declaration without a body, as the engine's language writes it
 * @param type the type of its value or result, or null for what has none
 * @param owner the full name of the class or package that it is declared in, or null for what is declared in the session
 * @param documentation its Javadoc or KDoc as plain text of several lines, or null if none is known
 * @param file where its source is: a path, for a file inside an archive with {@code !/} between the two; or null
 * @param line of its declaration in that file, from 1; 0 if the file is not known
 */
public record SymbolInfo(
        String name,
        String kind,
        String signature,
        @Nullable String type,
        @Nullable String owner,
        @Nullable String documentation,
        @Nullable String file,
        int line) {}
