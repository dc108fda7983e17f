package io.manhole;

import io.manhole.nrepl.BencodeException;
import io.manhole.nrepl.BencodeReader;
import io.manhole.nrepl.BencodeWriter;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * nREPL for one connection: requests are read and answered on the connection's thread, except for evaluations, which the
 * {@link NreplSession}s answer on theirs.
 *
 * <p>Source of the operations, their fields and statuses: the nREPL project's "Built-in Ops" page, for nREPL 1.3.
 */
final class NreplDialect {

    private static final List<String> OPS = List.of(
            "describe",
            "clone",
            "close",
            "ls-sessions",
            "eval",
            "load-file",
            "interrupt",
            "stdin",
            "completions",
            "complete",
            "lookup",
            "manhole/abandon",
            "manhole/check",
            "manhole/dump");

    private final Connection connection;
    private final Manhole manhole;
    private final Map<String, NreplSession> sessions = new LinkedHashMap<>(); // of the connection's thread
    private final NreplQuestions questions;
    private @Nullable NreplSession unnamed; // of the connection's thread: for requests that name no session

    NreplDialect(Connection connection) {
        this.connection = connection;
        connection.speaks("nrepl");
        this.manhole = connection.manhole();
        questions = new NreplQuestions(connection.number());
    }

    void serve() throws IOException, InterruptedException {
        try {
            readAll();
            for (NreplSession session : allSessions()) {
                session.session().endInput();
            }
            questions.awaitAnswers(connection); // before their sessions end
            for (NreplSession session : allSessions()) {
                SessionInput.awaitAnswers(connection, session.session());
            }
        } finally {
            questions.close();
            for (NreplSession session : allSessions()) {
                session.session().close();
            }
            for (NreplSession session : allSessions()) {
                session.session().awaitEnd(SessionInput.GRACE_MILLIS);
            }
        }
    }

    private void readAll() throws IOException, InterruptedException {
        BencodeReader reader =
                new BencodeReader(connection.input(), manhole.options().maxInputBytes());
        try {
            for (Map<String, Object> message = reader.read(); message != null; message = reader.read()) {
                answer(new Request(message));
            }
        } catch (BencodeException e) {
            send(Map.of("err", "manhole: " + e.getMessage() + "\n", "status", List.of("error", "done")));
        } catch (EOFException e) {
            // The last message was cut off: there is nobody to tell.
        }
    }

    private List<NreplSession> allSessions() {
        List<NreplSession> all = new ArrayList<>(sessions.values());
        if (unnamed != null) {
            all.add(unnamed);
        }
        return all;
    }

    void send(Map<String, ?> message) throws IOException {
        connection.queue().put(BencodeWriter.write(message));
    }

    boolean offer(Map<String, ?> message) throws IOException {
        return connection.queue().offer(BencodeWriter.write(message));
    }

    private void answer(Request request) throws IOException, InterruptedException {
        switch (request.text("op", "")) {
            case "describe" -> describe(request);
            case "clone" -> clone(request);
            case "ls-sessions" -> respond(request, Map.of("sessions", List.copyOf(sessions.keySet())), "done");
            case "eval" -> evaluate(request, "code");
            case "load-file" -> evaluate(request, "file");
            case "close" -> close(request);
            case "interrupt" -> interrupt(request);
            case "stdin" -> stdin(request);
            case "completions", "complete", "lookup" -> ask(request);
            case "manhole/abandon" -> abandon(request);
            case "manhole/check" -> check(request);
            case "manhole/dump" ->
                respond(request, Map.of("manhole/dump", StackDump.capture().toString()), "done");
            default -> respond(request, Map.of(), "error", "unknown-op", "done");
        }
    }

    private void respond(Request request, Map<String, ?> fields, String... status) throws IOException {
        Map<String, Object> response = request.addressed();
        response.putAll(fields);
        response.put("status", List.of(status));
        send(response);
    }

    private void describe(Request request) throws IOException {
        Map<String, Object> ops = new LinkedHashMap<>();
        OPS.forEach(op -> ops.put(op, Map.of()));
        Map<String, Object> versions = Map.of(
                "manhole", Map.of("version-string", ProcessDescription.version()),
                "nrepl", Map.of("version-string", "1.3.0", "major", 1L, "minor", 3L, "incremental", 0L),
                "java", Map.of("version-string", String.valueOf(System.getProperty("java.version"))));
        Map<String, Object> aux = new LinkedHashMap<>(ProcessDescription.aux());
        String others = others();
        if (!others.isEmpty()) {
            aux.put("manhole/others", others);
        }
        aux.put("manhole/banner", manhole.banner());
        aux.put("manhole/engine", manhole.engines().name());
        respond(request, Map.of("ops", ops, "versions", versions, "aux", aux), "done");
    }

    /** Who else is connected, for somebody who is about to change something. */
    private String others() {
        return manhole.connections().stream()
                .filter(each -> each != connection)
                .map(each -> each.credentials().toString())
                .collect(Collectors.joining("; "));
    }

    private void clone(Request request) throws IOException {
        String id = UUID.randomUUID().toString();
        NreplSession session = new NreplSession(this, connection, id);
        sessions.put(id, session);
        session.session().start();
        respond(request, Map.of("new-session", id), "done");
    }

    /** The session that a request names, or the connection's own; empty if there is no such session, which is answered. */
    private Optional<NreplSession> sessionOf(Request request) throws IOException {
        @Nullable String id = request.session();
        if (id != null) {
            NreplSession named = sessions.get(id);
            if (named == null || !named.session().isAlive()) {
                sessions.remove(id);
                respond(request, Map.of(), "error", "unknown-session", "done");
                return Optional.empty();
            }
            return Optional.of(named);
        }
        if (unnamed == null || !unnamed.session().isAlive()) {
            unnamed = new NreplSession(this, connection, null);
            unnamed.session().start();
        }
        return Optional.of(unnamed);
    }

    private void evaluate(Request request, String field) throws IOException {
        @Nullable String code = request.text(field);
        if (code == null) {
            respond(request, Map.of(), "error", "no-" + field, "done");
            return;
        }
        Optional<NreplSession> session = sessionOf(request);
        if (session.isPresent()) {
            SessionInput.submit(connection, session.get().session(), code, request.id());
        }
    }

    private void close(Request request) throws IOException {
        Optional<NreplSession> session = sessionOf(request);
        if (session.isPresent()) {
            sessions.remove(session.get().id());
            session.get().session().close();
            respond(request, Map.of(), "done", "session-closed");
        }
    }

    private void interrupt(Request request) throws IOException {
        Optional<NreplSession> session = sessionOf(request);
        if (session.isEmpty()) {
            return;
        }
        @Nullable String stuck = session.get().session().stuckAt();
        switch (session.get().session().interrupt(request.text("interrupt-id"))) {
            case IDLE -> respond(request, Map.of(), "session-idle", "done");
            case MISMATCH -> respond(request, Map.of(), "error", "interrupt-id-mismatch", "done");
            case INTERRUPTED ->
                respond(request, stuck == null ? Map.of() : Map.of("manhole/stuck", stuck), "interrupted", "done");
        }
    }

    private void abandon(Request request) throws IOException {
        Optional<NreplSession> session = sessionOf(request);
        if (session.isEmpty()) {
            return;
        }
        switch (session.get().session().abandon()) {
            case ABANDONED -> respond(request, Map.of(), "done");
            case IDLE -> respond(request, Map.of(), "session-idle", "done");
            case TOO_MANY ->
                respond(
                        request,
                        Map.of("err", Session.TOO_MANY_ABANDONED + "\n"),
                        "error",
                        "too-many-abandoned",
                        "done");
        }
    }

    private void stdin(Request request) throws IOException {
        @Nullable String text = request.text("stdin");
        if (text == null) {
            respond(request, Map.of(), "error", "no-stdin", "done");
            return;
        }
        Optional<NreplSession> session = sessionOf(request);
        if (session.isPresent()) {
            session.get().stdin().add(text);
            respond(request, Map.of(), "done");
        }
    }

    private void check(Request request) throws IOException, InterruptedException {
        @Nullable String code = request.text("code");
        if (code == null) {
            respond(request, Map.of(), "error", "no-code", "done");
            return;
        }
        Optional<NreplSession> session = sessionOf(request);
        if (session.isPresent()) {
            long complete = session.get().session().isComplete(code) ? 1 : 0;
            respond(request, Map.of("manhole/complete", complete), "done");
        }
    }

    private void ask(Request request) throws IOException {
        @Nullable NreplQuestion question = NreplQuestion.of(request.fields());
        if (question == null) {
            String missing = request.text("op", "").equals("lookup") ? "no-sym" : "no-prefix";
            respond(request, Map.of(), "error", missing, "done");
            return;
        }
        Optional<NreplSession> session = sessionOf(request);
        if (session.isPresent()) {
            Session asked = session.get().session();
            Map<String, Object> failed =
                    question.nothing(question.isLookup() ? "lookup-error" : "completion-error", "done");
            Map<String, Object> late = question.nothing("manhole/timeout", "done");
            NreplQuestions.Answering answering = answer -> sendAnswer(request, answer);
            if (!questions.ask(() -> question.answer(asked), question.limit(), failed, late, answering)) {
                sendAnswer(request, question.nothing("manhole/busy", "done"));
            }
        }
    }

    private void sendAnswer(Request request, Map<String, Object> answer) throws IOException {
        Map<String, Object> response = request.addressed();
        response.putAll(answer);
        send(response);
    }

    /** A message of the client's. A field that is no text counts as missing. */
    private record Request(Map<String, Object> fields) {

        @Nullable
        String text(String name) {
            return fields.get(name) instanceof String text ? text : null;
        }

        String text(String name, String otherwise) {
            @Nullable String text = text(name);
            return text == null ? otherwise : text;
        }

        @Nullable
        String id() {
            return text("id");
        }

        @Nullable
        String session() {
            return text("session");
        }

        /** A response to this request, to be filled. */
        Map<String, Object> addressed() {
            return NreplSession.addressed(id(), session());
        }
    }
}
