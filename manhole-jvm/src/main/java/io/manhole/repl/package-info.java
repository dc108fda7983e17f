/**
 * What an evaluation engine implements to become a prompt: text in, {@link io.manhole.repl.EvalResult} out.
 *
 * <p>An engine is found by {@link java.util.ServiceLoader} as a {@link io.manhole.repl.ReplProvider}. It knows nothing of
 * sockets, clients, dialects or output routing: what evaluated code prints reaches the client by itself.
 */
@NullMarked
package io.manhole.repl;

import org.jspecify.annotations.NullMarked;
