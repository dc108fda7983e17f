/** What an application uses: {@link io.manhole.Manhole} and the options and types around it. */
@NullMarked
package io.manhole;

import org.jspecify.annotations.NullMarked;
