package io.manhole.cli;

import java.io.IOException;

/** The server did not see our first message in time and took us for a person with a plain terminal. */
final class GreetedInPlainException extends IOException {

    private static final long serialVersionUID = 1L;

    GreetedInPlainException(String beginning) {
        super(beginning);
    }
}
