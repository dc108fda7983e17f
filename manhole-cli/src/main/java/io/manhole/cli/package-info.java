/**
 * The command-line client: checks the server, speaks nREPL to it, and shows what it answers. Nobody else's API.
 *
 * <p>Start-up time counts: sockets are the JDK's own, and JLine is loaded for an interactive prompt only.
 */
@NullMarked
package io.manhole.cli;

import org.jspecify.annotations.NullMarked;
