package io.manhole;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Connections and evaluations as events of the JDK's Flight Recorder.
 *
 * <p>Nothing is touched but one flag of the recorder's until somebody has recorded in this process: to load the first event
 * class takes a hundred milliseconds. So what began before the first recording did is recorded at its end, without a
 * duration.
 */
final class FlightEvents {

    /** {@code jdk.jfr} may be missing. */
    private static final boolean AVAILABLE = JdkModules.has("jdk.jfr");

    private final boolean withSource;

    FlightEvents(boolean withSource) {
        this.withSource = withSource;
    }

    private static boolean mayRecord() {
        return AVAILABLE && FlightRecorder.isInitialized();
    }

    static @Nullable ConnectionEvent beginConnection() {
        return mayRecord() ? ConnectionEvent.begun() : null;
    }

    static void endConnection(@Nullable ConnectionEvent begun, long connection, PeerCredentials peer) {
        if (mayRecord()) {
            (begun == null ? new ConnectionEvent() : begun).commit(connection, peer);
        }
    }

    static void rejected(PeerCredentials peer, String reason) {
        if (mayRecord()) {
            new RejectedEvent().commit(peer, reason);
        }
    }

    @Nullable
    EvaluationEvent beginEvaluation() {
        return mayRecord() ? EvaluationEvent.begun() : null;
    }

    void endEvaluation(
            @Nullable EvaluationEvent begun, long connection, PeerCredentials peer, String text, String outcome) {
        if (mayRecord()) {
            (begun == null ? new EvaluationEvent() : begun).commit(connection, peer, text, outcome, withSource);
        }
    }
}
