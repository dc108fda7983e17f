package io.manhole;

import java.util.LinkedHashMap;
import java.util.Map;

/** The operations of the nREPL dialect, as {@code describe} tells of them. */
final class NreplOps {

    private static final Map<String, Op> ALL = all();

    private NreplOps() {}

    /** One operation: what it does, and its fields with what they mean. */
    private record Op(
            String doc, Map<String, String> requires, Map<String, String> optional, Map<String, String> returns) {

        Op(String doc) {
            this(doc, new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        Op requires(String field, String meaning) {
            requires.put(field, meaning);
            return this;
        }

        Op optional(String field, String meaning) {
            optional.put(field, meaning);
            return this;
        }

        Op returns(String field, String meaning) {
            returns.put(field, meaning);
            return this;
        }

        Map<String, Object> fields() {
            return Map.of("doc", doc, "requires", requires, "optional", optional, "returns", returns);
        }
    }

    /**
     * Every operation by its name.
     *
     * @param verbose whether with what it does and takes, or with nothing
     */
    static Map<String, Object> describe(boolean verbose) {
        Map<String, Object> ops = new LinkedHashMap<>();
        ALL.forEach((name, op) -> ops.put(name, verbose ? op.fields() : Map.of()));
        return ops;
    }

    private static Map<String, Op> all() {
        Map<String, Op> ops = new LinkedHashMap<>();
        addStandard(ops);
        addQuestions(ops);
        addOurs(ops);
        return ops;
    }

    private static void addStandard(Map<String, Op> ops) {
        ops.put(
                "describe",
                new Op("What there is at this end.")
                        .optional("verbose?", "Whether to tell what each operation takes.")
                        .returns("ops", "The operations.")
                        .returns("versions", "Of the manhole, of nREPL and of Java.")
                        .returns("aux", "Which process this is."));
        ops.put(
                "clone",
                new Op("Opens a session, which begins empty.")
                        .optional("session", "A session that there is; nothing is taken over from it.")
                        .optional("client-name", "Ignored.")
                        .optional("client-version", "Ignored.")
                        .optional(
                                "manhole/keep",
                                "How many seconds the session stays when the connection ends; 0 if missing.")
                        .returns("new-session", "The id of the new session.")
                        .returns("manhole/keep", "How many seconds it will stay."));
        ops.put(
                "close",
                new Op("Closes a session and interrupts what it evaluates.")
                        .optional("session", "Which; that of the connection if missing."));
        ops.put(
                "ls-sessions",
                new Op("Lists the sessions of this connection.").returns("sessions", "Their ids, oldest first."));
        ops.put("eval", evaluation(new Op("Evaluates a text.").requires("code", "The text.")));
        ops.put(
                "load-file",
                evaluation(new Op("Evaluates the text of a file.").requires("file", "The text, not a path."))
                        .optional("file-name", "Ignored.")
                        .optional("file-path", "Ignored."));
        ops.put(
                "interrupt",
                new Op("Interrupts what a session evaluates and what waits to be.")
                        .optional("session", "Which; that of the connection if missing.")
                        .optional("interrupt-id", "The id of the request to interrupt; all if missing.")
                        .returns("status", "interrupted, session-idle or interrupt-id-mismatch.")
                        .returns(
                                "manhole/stuck",
                                "Where the evaluation stands, if an earlier interrupt did not stop it."));
        ops.put(
                "stdin",
                new Op("Adds to what evaluated code reads from System.in.")
                        .requires("stdin", "The text; the empty text is the end of the file, once.")
                        .optional("session", "Which; that of the connection if missing."));
    }

    private static Op evaluation(Op op) {
        return op.optional("session", "In which session; that of the connection if missing.")
                .optional("id", "What responses bear, and what interrupt-id may name.")
                .optional("nrepl.middleware.print/quota", "The most chars of the value that are of use.")
                .returns("value", "The value as text.")
                .returns("manhole/type", "Its type, as far as it is known.")
                .returns("out", "What was printed to System.out.")
                .returns("err", "What was printed to System.err, and what went wrong.")
                .returns("ex", "The class of what was thrown.")
                .returns("root-ex", "The class of what caused it in the first place.");
    }

    private static void addQuestions(Map<String, Op> ops) {
        Op completions = question(new Op("What could be typed at the cursor. Nothing is evaluated."))
                .requires("prefix", "The word at the cursor with what it is called on; or manhole/code.")
                .returns("completions", "Dictionaries with candidate, type and manhole/type.")
                .returns(
                        "manhole/start",
                        "An offset into manhole/code: a candidate replaces what is from there to the cursor.");
        ops.put("completions", completions);
        ops.put("complete", completions);
        ops.put(
                "lookup",
                question(new Op("What a name stands for. Nothing is evaluated."))
                        .requires("sym", "The name; or manhole/code.")
                        .returns("info", "name, arglists-str, ns, doc, file, line, manhole/kind, manhole/type."));
    }

    private static Op question(Op op) {
        return op.optional("session", "In which session; that of the connection if missing.")
                .optional("manhole/code", "All that was typed since the last evaluation.")
                .optional("manhole/cursor", "An offset into it, in UTF-16 units; its end if missing.")
                .optional("manhole/timeout", "How many milliseconds an answer is of use; 5000 if missing.");
    }

    private static void addOurs(Map<String, Op> ops) {
        ops.put(
                "manhole/abandon",
                new Op("Leaves behind what a session evaluates, stopped or not, and goes on.")
                        .optional("session", "Which; that of the connection if missing."));
        ops.put(
                "manhole/attach-session",
                new Op("Goes on with a session that outlived its connection, and tells what it had to say meanwhile.")
                        .requires("session", "Its id.")
                        .optional("manhole/keep", "As for clone; as before if missing.")
                        .returns("manhole/keep", "How many seconds it will stay."));
        ops.put(
                "manhole/check",
                new Op("Tells whether a text is whole. Nothing is evaluated.")
                        .requires("code", "The text.")
                        .optional("session", "In which session; that of the connection if missing.")
                        .returns("manhole/complete", "1 or 0."));
        ops.put(
                "manhole/dump",
                new Op("Tells where every thread stands.").returns("manhole/dump", "The stack dump, taken now."));
    }
}
