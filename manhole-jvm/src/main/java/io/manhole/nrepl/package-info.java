/**
 * The wire format of the nREPL dialect, shared by the server and the client; not part of the public API.
 *
 * <p>Source of the format: the bencode section of BitTorrent's BEP 3, as used by nREPL's bencode transport: integers
 * {@code i42e}, byte strings {@code 3:abc}, lists {@code l…e}, dictionaries {@code d…e} with string keys.
 */
@NullMarked
package io.manhole.nrepl;

import org.jspecify.annotations.NullMarked;
