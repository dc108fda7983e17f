package io.manhole.cli;

import org.jline.reader.Highlighter;
import org.jline.reader.LineReader;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** Colours text while it is typed. Looks at characters only: what they mean is the engine's business. */
final class SyntaxHighlighter implements Highlighter {

    private static final AttributedStyle KEYWORD =
            AttributedStyle.DEFAULT.foreground(AttributedStyle.BLUE).bold();
    private static final AttributedStyle LITERAL = AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN);
    private static final AttributedStyle STRING = AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN);
    private static final AttributedStyle COMMENT = AttributedStyle.DEFAULT.foreground(AttributedStyle.BRIGHT);
    private static final AttributedStyle ANNOTATION = AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW);
    private static final String QUOTES = "\"\"\"";

    private final Language language;

    SyntaxHighlighter(Language language) {
        this.language = language;
    }

    @Override
    public AttributedString highlight(LineReader reader, String text) {
        return colour(text);
    }

    AttributedString colour(String text) {
        AttributedStringBuilder coloured = new AttributedStringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int end = end(text, at);
            coloured.append(text.substring(at, end), style(text, at, end));
            at = end;
        }
        return coloured.toAttributedString();
    }

    /** The end of what begins there: of a name, number, string, comment, or of one character of another kind. */
    private static int end(String text, int at) {
        char first = text.charAt(at);
        if (Character.isJavaIdentifierStart(first) || Character.isDigit(first) || isAnnotation(text, at)) {
            int end = at + 1;
            while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
                end++;
            }
            return end;
        }
        if (text.startsWith("//", at)) {
            return endBefore(text, at, "\n");
        }
        if (text.startsWith("/*", at)) {
            return endBehind(text, at + 2, "*/");
        }
        if (text.startsWith(QUOTES, at)) {
            return endBehind(text, at + QUOTES.length(), QUOTES);
        }
        return first == '"' || first == '\'' ? endOfLiteral(text, at) : at + 1;
    }

    private static boolean isAnnotation(String text, int at) {
        return text.charAt(at) == '@'
                && at + 1 < text.length()
                && Character.isJavaIdentifierStart(text.charAt(at + 1))
                && (at == 0 || !Character.isJavaIdentifierPart(text.charAt(at - 1)));
    }

    private static int endBefore(String text, int from, String mark) {
        int found = text.indexOf(mark, from);
        return found < 0 ? text.length() : found;
    }

    private static int endBehind(String text, int from, String mark) {
        int found = text.indexOf(mark, from);
        return found < 0 ? text.length() : found + mark.length();
    }

    private static int endOfLiteral(String text, int at) {
        char quote = text.charAt(at);
        for (int i = at + 1; i < text.length() && text.charAt(i) != '\n'; i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == quote) {
                return i + 1;
            }
        }
        return endBefore(text, at, "\n");
    }

    private AttributedStyle style(String text, int at, int end) {
        char first = text.charAt(at);
        if (first == '"' || first == '\'') {
            return STRING;
        }
        if (first == '/' && end > at + 1) {
            return COMMENT;
        }
        if (first == '@' && end > at + 1) {
            return ANNOTATION;
        }
        if (Character.isDigit(first)) {
            return LITERAL;
        }
        String word = text.substring(at, end);
        if (Language.isLiteral(word)) {
            return LITERAL;
        }
        return language.isKeyword(word) ? KEYWORD : AttributedStyle.DEFAULT;
    }
}
