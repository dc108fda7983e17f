package io.manhole.nrepl;

import java.io.IOException;

/** The bytes read are not bencode, or are more of it than the reader was told to take. The stream is of no use after it. */
public final class BencodeException extends IOException {

    private static final long serialVersionUID = 1L;

    BencodeException(String message) {
        super(message);
    }
}
