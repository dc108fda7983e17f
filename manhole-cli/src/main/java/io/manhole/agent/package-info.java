/** The entrance to {@code manhole-agent.jar}; no part of the client. */
@NullMarked
package io.manhole.agent;

import org.jspecify.annotations.NullMarked;
