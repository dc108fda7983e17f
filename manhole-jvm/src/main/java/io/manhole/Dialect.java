package io.manhole;

/** What is spoken on a connection; {@code docs/protocol.md} describes both. */
public enum Dialect {
    /** The client's first bytes decide; {@linkplain #PLAIN plain} after 30 ms of silence. */
    AUTO,
    /** Lines of text and prompts, for {@code nc -U}, {@code socat} and pipes. */
    PLAIN,
    /** nREPL's bencode dictionaries, for {@code manhole-cli}, editors and scripts. */
    NREPL
}
