package io.manhole;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** In a flight recording: a client was connected. To be touched through {@link FlightEvents} only. */
@Name("manhole.Connection")
@Label("Manhole Connection")
@Description("A client was connected to the manhole, from its admission to its end")
@Category("Manhole")
@StackTrace(false)
@SuppressWarnings({"UnusedVariable", "FieldCanBeFinal"}) // read by the recorder, which rewrites this class
final class ConnectionEvent extends Event {

    @Label("Connection")
    private long connection;

    @Label("Peer Process Id")
    private long pid;

    @Label("Peer User Id")
    private long uid;

    static ConnectionEvent begun() {
        ConnectionEvent event = new ConnectionEvent();
        event.begin();
        return event;
    }

    void commit(long connection, PeerCredentials peer) {
        this.connection = connection;
        pid = peer.pid();
        uid = peer.uid();
        commit();
    }
}
