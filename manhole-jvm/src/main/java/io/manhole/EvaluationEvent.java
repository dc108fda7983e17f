package io.manhole;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** In a flight recording: a text was evaluated. To be touched through {@link FlightEvents} only. */
@Name("manhole.Evaluation")
@Label("Manhole Evaluation")
@Description("What a client of the manhole sent was evaluated")
@Category("Manhole")
@StackTrace(false)
@SuppressWarnings({"UnusedVariable", "FieldCanBeFinal"}) // read by the recorder, which rewrites this class
final class EvaluationEvent extends Event {

    @Label("Connection")
    private long connection;

    @Label("Peer Process Id")
    private long pid;

    @Label("Peer User Id")
    private long uid;

    @Label("Outcome")
    private String outcome = "";

    @Label("Length")
    @Description("Of the source, in chars")
    private int length;

    @Label("Source")
    @Description("What was evaluated, if the manhole's option auditSource says so, at most 4096 chars of it")
    private @Nullable String source;

    static EvaluationEvent begun() {
        EvaluationEvent event = new EvaluationEvent();
        event.begin();
        return event;
    }

    void commit(long connection, PeerCredentials peer, String text, String outcome, boolean withSource) {
        this.connection = connection;
        pid = peer.pid();
        uid = peer.uid();
        this.outcome = outcome;
        length = text.length();
        source = withSource ? text.substring(0, Math.min(text.length(), AuditLog.MAX_SOURCE)) : null;
        commit();
    }
}
