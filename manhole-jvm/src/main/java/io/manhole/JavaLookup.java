package io.manhole;

import io.manhole.repl.SymbolInfo;
import java.util.List;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import org.jspecify.annotations.Nullable;

/**
 * What JShell knows of a name, without evaluating. Not its Javadoc: for that JShell opens the JDK's {@code src.zip} as a file
 * system of the whole process, and the application's own attempt to open it would fail.
 */
final class JavaLookup {

    private final SourceCodeAnalysis analysis;

    JavaLookup(SourceCodeAnalysis analysis) {
        this.analysis = analysis;
    }

    /**
     * The name at the cursor, or the expression that ends there with a parenthesis or a bracket.
     *
     * @param code the one statement or expression that the cursor is in
     */
    @Nullable
    SymbolInfo lookup(String code, int cursor) {
        int start = cursor;
        while (start > 0 && Character.isJavaIdentifierPart(code.charAt(start - 1))) {
            start--;
        }
        int end = cursor;
        while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) {
            end++;
        }
        String name = code.substring(start, end);
        if (start > 0 && name.isEmpty() && ")]".indexOf(code.charAt(start - 1)) >= 0) {
            return expression(code.substring(0, start));
        }
        if (name.isEmpty() || !Character.isJavaIdentifierStart(name.charAt(0))) {
            return null;
        }
        String upToName = code.substring(0, end);
        // A method is known by its call alone.
        for (String text : List.of(upToName + "(", upToName)) {
            List<Documentation> found = analysis.documentation(text, text.length(), false);
            if (!found.isEmpty() && !found.get(0).signature().isEmpty()) {
                return info(name, found.get(0).signature());
            }
        }
        return null;
    }

    private @Nullable SymbolInfo expression(String code) {
        @Nullable String type = analysis.analyzeType(code, code.length());
        return type == null ? null : new SymbolInfo(code, "expression", code, type, null, null, null, 0);
    }

    /** JShell writes {@code boolean List<E>.add(E)}, {@code x:int} and {@code java.util.List<E>}. */
    private static SymbolInfo info(String name, String signature) {
        int parenthesis = signature.indexOf('(');
        if (parenthesis >= 0) {
            String head = withoutTypeArguments(signature.substring(0, parenthesis));
            int space = head.lastIndexOf(' ');
            int dot = head.lastIndexOf('.');
            if (space < 0) {
                return new SymbolInfo(name, "constructor", signature, name, null, null, null, 0);
            }
            @Nullable String owner = dot > space ? head.substring(space + 1, dot) : null;
            return new SymbolInfo(name, "function", signature, head.substring(0, space), owner, null, null, 0);
        }
        int colon = signature.lastIndexOf(':');
        String declared = withoutTypeArguments(colon < 0 ? signature : signature.substring(0, colon));
        int dot = declared.lastIndexOf('.');
        @Nullable String owner = dot < 0 ? null : declared.substring(0, dot);
        if (colon < 0) {
            return new SymbolInfo(name, "class", signature, null, owner, null, null, 0);
        }
        String type = signature.substring(colon + 1);
        boolean isBinding = SnippetBindings.CLASS.endsWith("." + owner) || SnippetBindings.CLASS.equals(owner);
        return new SymbolInfo(name, "property", type + " " + name, type, isBinding ? null : owner, null, null, 0);
    }

    private static String withoutTypeArguments(String text) {
        String before = text;
        String after = before.replaceAll("<[^<>]*>", "");
        while (!after.equals(before)) {
            before = after;
            after = before.replaceAll("<[^<>]*>", "");
        }
        return after;
    }
}
