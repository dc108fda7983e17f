package io.manhole;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** In a flight recording: a client was turned away. To be touched through {@link FlightEvents} only. */
@Name("manhole.Rejected")
@Label("Manhole Rejection")
@Description("A client was turned away from the manhole")
@Category("Manhole")
@StackTrace(false)
@SuppressWarnings({"UnusedVariable", "FieldCanBeFinal"}) // read by the recorder, which rewrites this class
final class RejectedEvent extends Event {

    @Label("Peer Process Id")
    private long pid;

    @Label("Peer User Id")
    private long uid;

    @Label("Reason")
    private String reason = "";

    void commit(PeerCredentials peer, String reason) {
        pid = peer.pid();
        uid = peer.uid();
        this.reason = reason;
        commit();
    }
}
