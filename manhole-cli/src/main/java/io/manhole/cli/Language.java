package io.manhole.cli;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the session's texts are written in, as far as the client has to know. */
enum Language {
    /** Source: the Kotlin grammar's hard keywords, and those soft ones that rarely are names. */
    KOTLIN(Set.of(
            "abstract",
            "as",
            "break",
            "by",
            "catch",
            "class",
            "companion",
            "const",
            "continue",
            "data",
            "do",
            "else",
            "enum",
            "finally",
            "for",
            "fun",
            "if",
            "import",
            "in",
            "inline",
            "inner",
            "interface",
            "internal",
            "is",
            "lateinit",
            "object",
            "open",
            "operator",
            "out",
            "override",
            "package",
            "private",
            "protected",
            "public",
            "reified",
            "return",
            "sealed",
            "super",
            "suspend",
            "tailrec",
            "this",
            "throw",
            "try",
            "typealias",
            "val",
            "var",
            "vararg",
            "when",
            "where",
            "while")),
    /** Source: The Java Language Specification, Java SE 17 edition, 3.9. */
    JAVA(Set.of(
            "abstract",
            "assert",
            "boolean",
            "break",
            "byte",
            "case",
            "catch",
            "char",
            "class",
            "continue",
            "default",
            "do",
            "double",
            "else",
            "enum",
            "extends",
            "final",
            "finally",
            "float",
            "for",
            "if",
            "implements",
            "import",
            "instanceof",
            "int",
            "interface",
            "long",
            "new",
            "package",
            "private",
            "protected",
            "public",
            "record",
            "return",
            "sealed",
            "short",
            "static",
            "super",
            "switch",
            "synchronized",
            "this",
            "throw",
            "throws",
            "try",
            "var",
            "void",
            "volatile",
            "while",
            "yield"));

    private static final Set<String> LITERALS = Set.of("true", "false", "null");

    @SuppressWarnings("ImmutableEnumChecker") // Set.of makes sets that cannot be changed
    private final Set<String> keywords;

    Language(Set<String> keywords) {
        this.keywords = keywords;
    }

    /** @param engine the name of the server's engine, or null if it does not say */
    static Language ofEngine(@Nullable String engine) {
        return "java".equals(engine) ? JAVA : KOTLIN;
    }

    /** A text at whose end the server knows the type of an expression when it is asked for the name there. */
    String typeQuestion(String expression) {
        return this == JAVA ? "(" + expression + ")" : "val typeOfThis = " + expression + "\ntypeOfThis";
    }

    boolean isKeyword(String word) {
        return keywords.contains(word);
    }

    static boolean isLiteral(String word) {
        return LITERALS.contains(word);
    }
}
