package io.manhole;

import java.io.IOException;

/** A client is turned away for what it sent, before anything of that was used. The reason is for the client. */
final class RefusedException extends IOException {

    private static final long serialVersionUID = 1;

    private final String reason;

    RefusedException(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
