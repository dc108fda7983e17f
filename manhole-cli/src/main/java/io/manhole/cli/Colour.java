package io.manhole.cli;

/** What a kind of text looks like on a terminal. Source of the codes: ECMA-48, 8.3.117 (SGR). */
enum Colour {
    NONE(""),
    ERROR("31"),
    STRING("32"),
    NUMBER("36"),
    CONSTANT("35"),
    HINT("2");

    private static final String RESET = "\033[0m";

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    String paint(String text) {
        return this == NONE || text.isEmpty() ? text : "\033[" + code + "m" + text + RESET;
    }

    /** By the type as Kotlin or Java writes it; without one nothing is known of the value. */
    static Colour ofValue(String type) {
        return switch (type.replaceFirst("\\?$", "").replaceFirst("^(kotlin|java\\.lang)\\.", "")) {
            case "String", "Char", "CharSequence", "Character", "char" -> STRING;
            case "Int", "Long", "Short", "Byte", "Float", "Double", "UInt", "ULong", "Integer", "Number" -> NUMBER;
            case "int", "long", "short", "byte", "float", "double", "java.math.BigInteger", "java.math.BigDecimal" ->
                NUMBER;
            case "Boolean", "boolean", "Nothing" -> CONSTANT;
            default -> NONE;
        };
    }
}
