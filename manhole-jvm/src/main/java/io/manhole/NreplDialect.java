package io.manhole;

import io.manhole.nrepl.BencodeException;
import io.manhole.nrepl.BencodeReader;
import io.manhole.nrepl.BencodeWriter;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * nREPL for one connection: requests are read and answered on the connection's thread, except for evaluations, which the
 * {@link NreplSession}s answer on theirs.
 *
 * <p>Source of the operations, their fields and statuses: the nREPL project's page of built-in operations, for nREPL 1.3, and
 * where that leaves something open, what its own server does.
 */
final class NreplDialect {

    private static final String KEEP = "manhole/keep";

    private static final String NOT_KEPT =
            "no session of that id is kept for you: its time may be up, somebody may be connected"
                    + " to it, or somebody else opened it; sessions() lists those that there are\n";

    private final Connection connection;
    private final Manhole manhole;
    private final Map<String, NreplSession> sessions = new LinkedHashMap<>(); // of the connection's thread
    private final List<NreplSession> leaving =
            new ArrayList<>(); // of the connection's thread: closed, and still ending
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
            leaveKept(); // first, so that no more of their answers is sent to a client that may be gone
            questions.awaitAnswers(connection); // before their sessions end
            for (NreplSession session : allSessions()) {
                session.session().endInput();
            }
            for (NreplSession session : allSessions()) {
                SessionInput.awaitAnswers(connection, session.session());
            }
        } finally {
            questions.close();
            leaveKept();
            for (NreplSession session : allSessions()) {
                session.session().close();
            }
            for (NreplSession session : allSessions()) {
                session.session().awaitEnd(SessionInput.GRACE_MILLIS);
            }
        }
    }

    /** The sessions that the client means to come back to stay, unless somebody had the connection ended. */
    private void leaveKept() {
        if (!connection.isKicked()) {
            sessions.values().removeIf(manhole.keptSessions()::keep);
        }
    }

    private void readAll() throws IOException, InterruptedException {
        BencodeReader reader =
                new BencodeReader(connection.input(), manhole.options().maxInputBytes());
        try {
            for (Map<String, Object> message = reader.read(); message != null; message = reader.read()) {
                answer(new NreplRequest(message));
            }
        } catch (BencodeException e) {
            send(Map.of("err", "manhole: " + e.getMessage() + "\n", "status", List.of("error", "done")));
        } catch (EOFException e) {
            // The last message was cut off: there is nobody to tell.
        }
    }

    /** Also those that are ending, for whose threads and engines we wait. */
    private List<NreplSession> allSessions() {
        List<NreplSession> all = new ArrayList<>(sessions.values());
        if (unnamed != null) {
            all.add(unnamed);
        }
        all.addAll(leaving);
        return all;
    }

    private void send(Map<String, ?> message) throws IOException {
        connection.queue().put(BencodeWriter.write(message));
    }

    private void answer(NreplRequest request) throws IOException, InterruptedException {
        forgetEnded();
        @Nullable Object named = request.session();
        if (named != null && !sessions.containsKey(named) && !request.op().equals("manhole/attach-session")) {
            respond(request, Map.of(), "error", "unknown-session", "done");
            return;
        }
        switch (request.op()) {
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
            case "manhole/attach-session" -> attach(request);
            case "manhole/check" -> check(request);
            case "manhole/dump" ->
                respond(request, Map.of("manhole/dump", StackDump.capture().toString()), "done");
            default -> respond(request, Map.of("op", request.op()), "error", "unknown-op", "done");
        }
    }

    private void respond(NreplRequest request, Map<String, ?> fields, String... status) throws IOException {
        Map<String, Object> response = request.addressed();
        response.putAll(fields);
        response.put("status", List.of(status));
        send(response);
    }

    private void describe(NreplRequest request) throws IOException {
        Map<String, Object> aux = new LinkedHashMap<>(ProcessDescription.aux());
        String others = others();
        if (!others.isEmpty()) {
            aux.put("manhole/others", others);
        }
        aux.put("manhole/banner", manhole.banner());
        aux.put("manhole/engine", manhole.engines().name());
        respond(
                request,
                Map.of(
                        "ops", NreplOps.describe(request.flag("verbose?")),
                        "versions", ProcessDescription.versions(),
                        "aux", aux),
                "done");
    }

    /** Who else is connected, for somebody who is about to change something. */
    private String others() {
        return manhole.connections().stream()
                .filter(each -> each != connection)
                .map(each -> each.credentials().toString())
                .collect(Collectors.joining("; "));
    }

    private void clone(NreplRequest request) throws IOException {
        String id = UUID.randomUUID().toString();
        Duration keepTime = manhole.keptSessions().granted(request.number(KEEP, 0));
        NreplSession session = new NreplSession(connection, id, keepTime);
        sessions.put(id, session);
        session.session().start();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("new-session", id);
        if (request.fields().containsKey(KEEP)) {
            answer.put(KEEP, keepTime.toSeconds());
        }
        respond(request, answer, "done");
    }

    /** Goes on with a session that outlived its connection. */
    private void attach(NreplRequest request) throws IOException {
        KeptSessions kept = manhole.keptSessions();
        @Nullable Object id = request.session();
        @Nullable NreplSession session = kept.take(String.valueOf(id), connection.credentials());
        if (session == null) {
            respond(request, Map.of("err", NOT_KEPT), "error", "unknown-session", "done");
            return;
        }
        Duration keepTime = kept.granted(request.number(KEEP, session.keepTime().toSeconds()));
        Map<String, Object> answer = request.addressed();
        answer.put(KEEP, keepTime.toSeconds());
        answer.put("status", List.of("done"));
        long earlier = session.connection().number();
        boolean attached = false;
        try {
            attached = session.attach(connection, answer, keepTime);
        } finally {
            if (attached) {
                sessions.put(String.valueOf(id), session);
            } else if (!kept.keep(session)) {
                session.session().close();
            }
        }
        if (attached) {
            manhole.listeners()
                    .tell(each -> each.sessionAttached(connection.number(), connection.credentials(), earlier));
        } else {
            respond(request, Map.of(), "error", "manhole/busy", "done");
        }
    }

    /** Sessions also end by themselves, after {@code exit()}. */
    private void forgetEnded() {
        for (NreplSession session : List.copyOf(sessions.values())) {
            if (!session.session().isOpen()) {
                forget(session);
            }
        }
        if (unnamed != null && !unnamed.session().isOpen()) {
            forget(unnamed);
        }
    }

    private void forget(NreplSession session) {
        leaving.removeIf(each -> !each.session().isAlive());
        leaving.add(session);
        if (session == unnamed) {
            unnamed = null;
        } else {
            sessions.remove(session.id());
        }
    }

    /** The session that a request names, which there is, or the connection's own, if it is open. */
    private @Nullable NreplSession existing(NreplRequest request) {
        @Nullable Object named = request.session();
        return named == null ? unnamed : sessions.get(named);
    }

    /** As {@link #existing}, with the connection's own session opened by the first request that needs it. */
    private NreplSession sessionOf(NreplRequest request) {
        @Nullable NreplSession session = existing(request);
        if (session == null) {
            session = new NreplSession(connection, null, Duration.ZERO);
            unnamed = session;
            session.session().start();
        }
        return session;
    }

    private void evaluate(NreplRequest request, String field) throws IOException {
        @Nullable String code = request.text(field);
        if (code == null) {
            respond(request, Map.of(), "error", "no-" + field, "done");
            return;
        }
        long quota = request.number("nrepl.middleware.print/quota", -1);
        Session session = sessionOf(request).session();
        if (!SessionInput.submit(connection, session, code, request.id(), quota)) {
            respond(request, Map.of(), "error", "unknown-session", "done"); // ended this very moment
        }
    }

    private void close(NreplRequest request) throws IOException {
        @Nullable NreplSession session = existing(request);
        if (session != null) {
            forget(session);
            session.session().close();
        }
        respond(request, Map.of(), "done", "session-closed");
    }

    private void interrupt(NreplRequest request) throws IOException {
        @Nullable NreplSession session = existing(request);
        if (session == null) {
            respond(request, Map.of(), "session-idle", "done");
            return;
        }
        @Nullable String stuck = session.session().stuckAt();
        switch (session.session().interrupt(request.fields().get("interrupt-id"))) {
            case IDLE -> respond(request, Map.of(), "session-idle", "done");
            case MISMATCH -> respond(request, Map.of(), "error", "interrupt-id-mismatch", "done");
            case INTERRUPTED ->
                respond(request, stuck == null ? Map.of() : Map.of("manhole/stuck", stuck), "interrupted", "done");
        }
    }

    private void abandon(NreplRequest request) throws IOException {
        @Nullable NreplSession session = existing(request);
        switch (session == null ? Session.Abandon.IDLE : session.session().abandon()) {
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

    private void stdin(NreplRequest request) throws IOException {
        @Nullable String text = request.text("stdin");
        if (text == null) {
            respond(request, Map.of(), "error", "no-stdin", "done");
        } else if (sessionOf(request).stdin().add(text)) {
            respond(request, Map.of(), "done");
        } else {
            respond(request, Map.of(), "error", "manhole/stdin-full", "done");
        }
    }

    private void check(NreplRequest request) throws IOException, InterruptedException {
        @Nullable String code = request.text("code");
        if (code == null) {
            respond(request, Map.of(), "error", "no-code", "done");
            return;
        }
        long complete = sessionOf(request).session().isComplete(code) ? 1 : 0;
        respond(request, Map.of("manhole/complete", complete), "done");
    }

    private void ask(NreplRequest request) throws IOException {
        @Nullable NreplQuestion question = NreplQuestion.of(request);
        if (question == null) {
            String missing = request.op().equals("lookup") ? "no-sym" : "no-prefix";
            respond(request, Map.of(), "error", missing, "done");
            return;
        }
        Session asked = sessionOf(request).session();
        Map<String, Object> failed =
                question.nothing(question.isLookup() ? "lookup-error" : "completion-error", "done");
        Map<String, Object> late = question.nothing("manhole/timeout", "done");
        NreplQuestions.Answering answering = answer -> sendAnswer(request, answer);
        if (!questions.ask(() -> question.answer(asked), question.limit(), failed, late, answering)) {
            sendAnswer(request, question.nothing("manhole/busy", "done"));
        }
    }

    private void sendAnswer(NreplRequest request, Map<String, Object> answer) throws IOException {
        Map<String, Object> response = request.addressed();
        response.putAll(answer);
        send(response);
    }
}
